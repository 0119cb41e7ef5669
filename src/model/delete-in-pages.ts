/** Rows of one deleting statement: few enough to hold up nobody, many enough to get done. */
export const DELETE_PAGE = 1_000;

/**
 * Repeats a deleting statement until it finds less than a page.
 * @param deletePage deletes at most {@link DELETE_PAGE} rows and answers how many
 * @returns how many rows are gone
 */
export async function deleteInPages(deletePage: () => Promise<number>, signal?: AbortSignal): Promise<number> {
  let gone = 0;
  while (!signal?.aborted) {
    const page = await deletePage();
    gone += page;
    if (page < DELETE_PAGE) break;
  }
  return gone;
}
