import { Field, Int, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { ERROR_TEXTS } from '../src/error-texts.js';
import { type ErrorCode as Code, ERRORS, ErrorCategory } from '../src/errors.js';
import { Allow } from './allow.js';
import { Read } from './planned.js';

registerEnumType(ErrorCategory, {
  name: 'ErrorCategory',
  description:
    'Whose fault it is: the input, missing rights, the hub’s state, the other system, the way to it, the hub.',
});

@ObjectType({ simpleResolvers: true, description: 'One code of the closed list, explained.' })
export class ErrorCode {
  @Field(() => String)
  code!: Code;

  @Field(() => ErrorCategory)
  category!: ErrorCategory;

  @Field(() => Boolean, { description: 'Whether the same request may succeed later without anyone changing anything.' })
  retryable!: boolean;

  @Field(() => Int, { description: 'The status of REST answers with this code.' })
  httpStatus!: number;

  @Field(() => String)
  meaning!: string;

  @Field(() => String, { description: 'What to do about it.' })
  remedy!: string;
}

@Resolver()
export class ErrorCodeQueries {
  @Allow('viewer')
  @Query(() => [ErrorCode], { description: 'Every code that the hub answers with or stores.' })
  @Read({ js: true })
  errorCodes(): ErrorCode[] {
    return (Object.keys(ERRORS) as Code[]).map((code) => {
      const { category, retryable, http } = ERRORS[code];
      return { code, category, retryable, httpStatus: http, ...ERROR_TEXTS[code] };
    });
  }
}
