import { Field, Int, InterfaceType, ObjectType } from 'type-graphql';
import { HubError, isRetryable } from '../src/errors.js';

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

/** The payload of work that went well, or `failed` with the expected failure as its one user error. */
export async function payloadOf<Payload extends MutationPayload>(
  failed: Omit<Payload, 'userErrors'>,
  work: () => Promise<Omit<Payload, 'userErrors'>>,
): Promise<Payload> {
  try {
    return { ...(await work()), userErrors: [] as UserError[] } as Payload;
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return { ...failed, userErrors: [toUserError(error)] } as Payload;
  }
}

function toUserError({ code, message, path, retryAfterMs }: HubError): UserError {
  return { code, message, path: path ?? null, retryable: isRetryable(code), retryAfterMs: retryAfterMs ?? null };
}
