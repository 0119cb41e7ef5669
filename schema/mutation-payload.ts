import { Field, Int, InterfaceType, ObjectType } from 'type-graphql';
import { ZodError } from 'zod';
import { HubError, isRetryable } from '../src/errors.js';
import { describeIssue, pathOf } from '../src/flow/check-input.js';

const MOST_PROBLEMS = 20;

@ObjectType({ simpleResolvers: true, description: 'An expected failure, and what to do about it.' })
export class UserError {
  @Field(() => String, { description: 'From the closed list of error codes.' })
  code!: string;

  @Field(() => String)
  message!: string;

  @Field(() => [String], { nullable: true, description: 'Path of the input that is wrong, outermost first.' })
  path!: string[] | null;

  @Field(() => Boolean, { description: 'Whether the same request may succeed later without anyone changing anything.' })
  retryable!: boolean;

  @Field(() => Int, { nullable: true, description: 'When to try again, where that is known.' })
  retryAfterMs!: number | null;
}

@InterfaceType({ description: 'What every mutation answers: its result, or why there is none.' })
export abstract class MutationPayload {
  @Field(() => [UserError])
  userErrors!: UserError[];
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class BulkPayload extends MutationPayload {
  @Field(() => Int)
  affected!: number;
}

/**
 * The payload of work that went well, or `failed` with the expected failure as user errors: several where several fields
 * are wrong. `argument` is what their paths begin with.
 */
export async function payloadOf<Payload extends MutationPayload>(
  failed: Omit<Payload, 'userErrors'>,
  work: () => Promise<Omit<Payload, 'userErrors'>>,
  argument?: string,
): Promise<Payload> {
  try {
    return { ...(await work()), userErrors: [] as UserError[] } as Payload;
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return { ...failed, userErrors: toUserErrors(error, argument) } as Payload;
  }
}

function toUserErrors(error: HubError, argument: string | undefined): UserError[] {
  const { code, retryAfterMs = null } = error;
  return problemsOf(error).map(({ message, path }) => ({
    code,
    message,
    path: path && argument !== undefined ? [argument, ...path] : path,
    retryable: isRetryable(code),
    retryAfterMs,
  }));
}

function problemsOf({ message, inputPath, cause }: HubError): Pick<UserError, 'message' | 'path'>[] {
  if (!(cause instanceof ZodError)) return [{ message, path: inputPath ?? null }];
  return cause.issues.slice(0, MOST_PROBLEMS).map((issue) => ({
    message: describeIssue(issue),
    path: pathOf(issue),
  }));
}
