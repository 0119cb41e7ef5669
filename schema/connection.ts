import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';
import { Shareable } from './planned.js';
import { Cursor } from './scalars.js';

@ObjectType({ simpleResolvers: true })
@Shareable()
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => Cursor, { nullable: true })
  startCursor!: string | null;

  @Field(() => Cursor, { nullable: true })
  endCursor!: string | null;
}

/** Pages of a list: forward by `first` and `after`, backward by `last` and `before`; at most 100 a page. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 50 })
  first!: number | null;

  @Field(() => Cursor, { nullable: true })
  after?: string | null;

  @Field(() => Int, { nullable: true })
  last?: number | null;

  @Field(() => Cursor, { nullable: true })
  before?: string | null;
}

/** Arguments of a list that can be filtered, for use as `@Args(() => …)`. */
export function filteredBy<Filter extends object>(filter: () => ClassType<Filter>): ClassType<PageArgs> {
  @ArgsType()
  class FilteredArgs extends PageArgs {
    @Field(filter, { nullable: true })
    filter?: Filter | null;
  }
  return FilteredArgs;
}

/** The same where the order can be chosen, too; `standard`: the enum's name of the one that is taken else. */
export function filteredAndSortedBy<Filter extends object, Order extends object>(
  filter: () => ClassType<Filter>,
  order: () => Order,
  standard: keyof Order & string,
): ClassType<PageArgs> {
  @ArgsType()
  class SortedArgs extends filteredBy(filter) {
    @Field(order, { nullable: true, description: `Default: ${standard}.` })
    orderBy?: Order[keyof Order] | null;
  }
  return SortedArgs;
}

export interface Edge<T> {
  cursor: string;
  node: T;
}

export interface Connection<T> {
  edges: Edge<T>[];
  nodes: T[];
  pageInfo: PageInfo;
  totalCount: number;
}

/** Relay's `<Noun>Connection` and `<Noun>Edge` of a noun, for use as `@Query(() => OrderConnection)`. */
export function connectionOf<T extends object>(name: string, node: () => ClassType<T>): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`, { simpleResolvers: true })
  class NounEdge implements Edge<T> {
    @Field(() => Cursor)
    cursor!: string;

    @Field(node)
    node!: T;
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true })
  class NounConnection implements Connection<T> {
    @Field(() => [NounEdge])
    edges!: NounEdge[];

    @Field(() => [node()])
    nodes!: T[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;

    @Field(() => Int)
    totalCount!: number;
  }
  return NounConnection;
}
