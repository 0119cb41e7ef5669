import { Arg, Field, ID, InterfaceType, Query, Resolver } from 'type-graphql';
import { Allow } from './allow.js';
import { planned } from './planned.js';

@InterfaceType({ description: 'Whatever can be read again by its id.', resolveType: (value) => value.$type })
export abstract class Node {
  @Field(() => ID)
  id!: string;
}

@Resolver()
export class NodeQueries {
  @Allow('viewer')
  @Query(() => Node, { nullable: true, description: 'Any noun, found by its id alone.' })
  node(@Arg('id', () => ID) _id: string): Node | null {
    return planned();
  }
}
