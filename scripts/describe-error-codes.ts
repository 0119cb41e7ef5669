import { ERROR_TEXTS } from '../src/error-texts.js';
import { ERRORS, ErrorCategory, type ErrorCode } from '../src/errors.js';

const TITLES: Readonly<Record<ErrorCategory, string>> = {
  INPUT: 'The request is wrong',
  ACCESS: 'The caller may not',
  STATE: 'The state does not allow it',
  UPSTREAM: 'The other system',
  NETWORK: 'The way to the other system',
  HUB: 'The hub itself',
};

/** `docs/error-codes.md`. */
export function describeErrorCodes(): string {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  const sections = Object.values(ErrorCategory).map((category) => {
    const rows = codes.filter((code) => ERRORS[code].category === category).map(describeCode);
    const head = '| code | HTTP | retried | what it means | what to do |\n|---|---|---|---|---|';
    return `## ${category}: ${TITLES[category]}\n\n${head}\n${rows.join('\n')}\n`;
  });
  return `<!-- Written by \`npm run generate\` from src/errors.ts and src/error-texts.ts. Do not edit. -->

# Error codes

The closed list of ${codes.length} codes: in GraphQL as \`extensions.code\` and in \`userErrors\`, in REST as \`code\` of the
error envelope, and on sync events, attempts and webhook events as \`errorCode\`. The query \`errorCodes\` answers the same list.

*HTTP* is the status of a REST answer with the code. *Retried*: the same request may succeed later without anyone changing
anything; a sync event that failed with such a code is tried again by itself until its attempts are used up.

An operation that is not GraphQL, or does not fit the schema, is refused before the hub sees it, with a code of the GraphQL
server: \`GRAPHQL_PARSE_FAILED\`, \`GRAPHQL_VALIDATION_FAILED\`, \`OPERATION_RESOLUTION_FAILURE\`, \`BAD_REQUEST\`.

${sections.join('\n')}`;
}

function describeCode(code: ErrorCode): string {
  const { http, retryable } = ERRORS[code];
  const { meaning, remedy } = ERROR_TEXTS[code];
  return `| \`${code}\` | ${http} | ${retryable ? 'yes' : 'no'} | ${meaning} | ${remedy} |`;
}
