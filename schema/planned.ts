import { Extensions } from 'type-graphql';
import type { FieldRule, FilterRule, SearchRule } from '../src/read/rules.js';

/** The body of a field that the planner answers. It is never run: the planner takes over every field of a noun. */
export function planned(): never {
  throw new Error('This field is read by the planner');
}

/** Tells the planner what it cannot know from the entity's metadata. */
export const Read = (read: FieldRule): MethodDecorator & PropertyDecorator => Extensions({ read });

/** Tells the planner the SQL of a filter that is not one of a column by its name, or which texts it searches. */
export const FilterBy = (filter: FilterRule | SearchRule): PropertyDecorator => Extensions({ filter });

/** Fields that identify a noun together, beside its id: a further key for other subgraphs. */
export const Key = (...fields: string[]): ClassDecorator => Extensions({ keys: [fields] });

/** A value without an identity, which other subgraphs may have as well. */
export const Shareable = (): ClassDecorator => Extensions({ shareable: true });
