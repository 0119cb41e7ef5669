import { z } from 'zod';
import { enveloped } from '../envelope.js';

const WHOLE = 'must be a whole number from 1';

/** Which page of a list; for `query` of a route. */
export const pageQuery = z.object({
  page: z.coerce.number(WHOLE).int(WHOLE).min(1, WHOLE).default(1),
  limit: z.coerce.number(WHOLE).int(WHOLE).min(1, WHOLE).max(100, 'must be at most 100').default(50),
});

/** Which page of how many. */
export const pagination = z.object({ page: z.int(), limit: z.int(), total: z.int(), totalPages: z.int() });

/** The envelope of a list of which one page is answered. */
export const paged = <Item extends z.ZodType>(item: Item) => enveloped(z.array(item)).extend({ pagination });

export const paginationOf = (total: number, { page, limit }: z.output<typeof pageQuery>) => ({
  ...{ page, limit, total },
  totalPages: Math.ceil(total / limit),
});

/** The page of a whole list, with what the envelope says of it. */
export function pageOf<Item>(items: Item[], wanted: z.output<typeof pageQuery>) {
  const { page, limit } = wanted;
  return { data: items.slice((page - 1) * limit, page * limit), pagination: paginationOf(items.length, wanted) };
}
