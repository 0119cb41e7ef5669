import { Ctx, Query, Resolver } from 'type-graphql';
import { Allow } from '../allow.js';
import type { HubContext } from '../context.js';
import { Read } from '../planned.js';
import { Cursor } from '../scalars.js';

@Resolver()
export class ChangesCursorQueries {
  @Allow('viewer')
  @Query(() => Cursor, {
    description:
      'Where the feed ends now. Ask for it first and alone, then read what you show, then subscribe with it as `after`: nothing is missed in between.',
  })
  @Read({ js: true })
  changesCursor(@Ctx() { services }: HubContext): Promise<string> {
    return services.feed.end();
  }
}
