import { Field, ObjectType } from 'type-graphql';
import { Shareable } from '../planned.js';

@ObjectType({ simpleResolvers: true, description: 'A postal address.' })
@Shareable()
export class Address {
  @Field(() => String, { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true })
  company!: string | null;

  @Field(() => String)
  line1!: string;

  @Field(() => String, { nullable: true })
  line2!: string | null;

  @Field(() => String, { nullable: true })
  city!: string | null;

  @Field(() => String, { nullable: true })
  region!: string | null;

  @Field(() => String, { nullable: true })
  postalCode!: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 3166-1 alpha-2 where the source gives it.' })
  country!: string | null;

  @Field(() => String, { nullable: true })
  phone!: string | null;
}
