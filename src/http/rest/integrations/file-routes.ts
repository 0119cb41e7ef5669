import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { parse } from 'graphql';
import { z } from 'zod';
import { integrationAt } from '../../../../schema/allow.js';
import { receiveFile } from '../../../flow/files/receive-file.js';
import type { AccessRule } from '../../../model/access-rule.js';
import { EntityType, FileSource, FileStatus } from '../../../model/statuses.js';
import { registerRoute } from '../../docs/register-route.js';
import { CALLERS } from '../../docs/schemes.js';
import { enveloped, sendError, success } from '../../envelope.js';
import type { ContextOf } from '../context-of.js';
import { INTEGRATIONS_PATH, integrationId } from '../integration-route.js';
import { runOrThrow } from '../run-or-throw.js';

/** Files go to the disk as they come, so that this bounds the disk and not the memory. */
const MOST_BYTES = 2 * 1024 ** 3;

const READ = parse(`query PostedFile($id: ID!) { importFile(id: $id) {
  id name entityType source status contentHash sizeBytes unusedColumns columnHints syncEventId receivedAt } }`);

const fileBody = z.object({
  id: z.string().meta({ description: 'Of the file that had this content first; `importFile(id:)` tells its outcome.' }),
  name: z.string(),
  entityType: z.enum(EntityType).nullable(),
  source: z.enum(FileSource),
  status: z.enum(FileStatus),
  contentHash: z.string().meta({ description: 'SHA-256 of the bytes, hex.' }),
  sizeBytes: z.string(),
  unusedColumns: z.array(z.string()).meta({ description: 'Columns that nothing was made of, once it was taken.' }),
  columnHints: z.array(z.string()).meta({ description: 'Which of them look like a known one.' }),
  syncEventId: z.string().nullable(),
  receivedAt: z.string(),
});

/** Who may post one. */
export const POST_FILE: AccessRule = { role: 'operator', right: 'sync', touches: integrationAt('id') };

/** Posts a file to an integration that takes files. A scope of its own: the body is a stream of bytes, whatever its type. */
export async function registerFiles(server: FastifyInstance, contextOf: ContextOf): Promise<void> {
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.setErrorHandler((error, request, reply) => {
      // What is left of the body is not read.
      reply.header('connection', 'close');
      return sendError(request, reply, error);
    });
    registerRoute(scope, {
      method: 'POST',
      url: `${INTEGRATIONS_PATH}/:id/files`,
      tag: 'Files',
      summary: 'Hands over a file of products, prices, stock or orders',
      description: `The body is the file: CSV in any usual encoding, or XLSX; at most ${MOST_BYTES / 1024 ** 2} MiB. The same content again is recognised. Needs the role \`operator\`.`,
      access: CALLERS,
      authorize: contextOf,
      params: integrationId,
      query: z.object({ name: z.string().meta({ description: 'The file’s name, for example `products.csv`.' }) }),
      rawBody: z.string().meta({ description: 'The file’s bytes.' }),
      answer: enveloped(fileBody),
      statuses: { 202: 'Stored; it is taken from now on.' },
      errors: ['NOT_FOUND', 'UNSUPPORTED', 'INTEGRATION_DISABLED', 'INVALID_SHAPE', 'PAYLOAD_TOO_LARGE'],
      handle: async ({ context, params, query, request, reply }) => {
        const posted = {
          integrationId: params.id,
          name: query.name,
          content: request.body as Readable,
          mostBytes: MOST_BYTES,
        };
        const id = await receiveFile(context.services, context.caller, posted);
        const { importFile } = await runOrThrow<{ importFile: z.infer<typeof fileBody> }>(context, READ, { id });
        reply.code(202);
        return success(request, importFile);
      },
    });
  });
}
