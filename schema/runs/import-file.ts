import { Arg, Args, Field, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { EntityType, FileSource, FileStatus } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, filteredBy, PageArgs } from '../connection.js';
import { Integration } from '../integrations/integration.js';
import { Node } from '../node.js';
import { planned, Read } from '../planned.js';
import { DateTime } from '../scalars.js';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A file that was handed over, in a folder or posted. It is taken once, whatever happens on the way.',
})
@Allow('viewer', 'viewStatus')
export class ImportFile extends Node {
  @Field(() => String)
  merchantId!: string;

  @Field(() => Integration)
  integration!: Integration;

  @Field(() => String)
  name!: string;

  @Field(() => EntityType, {
    nullable: true,
    description: 'PRODUCT also with stock beside. Null: neither its name nor its columns tell.',
  })
  entityType!: EntityType | null;

  @Field(() => FileSource)
  source!: FileSource;

  @Field(() => FileStatus, { description: 'DONE also with problems: rows that are wrong stop no others.' })
  status!: FileStatus;

  @Field(() => String, { description: 'SHA-256 of its bytes, hex.' })
  contentHash!: string;

  @Field(() => String, { description: 'Whole number; files may be larger than Int.' })
  sizeBytes!: string;

  @Field(() => Int, { description: 'How often the same content was handed over again, and brought nothing new.' })
  repeatCount!: number;

  @Field(() => Int)
  rowsRead!: number;

  @Field(() => Int, {
    description: 'Rows that were new or differed; of products with stock the product and its stock count apart.',
  })
  rowsChanged!: number;

  @Field(() => Int, {
    description: 'Rows that could not be taken; `syncEvent(id: syncEventId) { problems }` lists them.',
  })
  problemCount!: number;

  @Field(() => [String], {
    description:
      'Headers of columns that nothing was made of, once it is taken; the first 200, cut to 100 characters. None where inbound rules are published, which may read any.',
  })
  unusedColumns!: string[];

  @Field(() => [String], { description: 'Which of them look like a known one: `Quantiy looks like quantity`.' })
  columnHints!: string[];

  @Field(() => ID, { nullable: true, description: 'The work on it; null until its turn comes.' })
  syncEventId!: string | null;

  @Field(() => String, { nullable: true })
  errorCode!: string | null;

  @Field(() => String, { nullable: true })
  errorMessage!: string | null;

  @Field(() => DateTime)
  receivedAt!: string;

  @Field(() => DateTime, { nullable: true })
  finishedAt!: string | null;
}

const ImportFileConnection = connectionOf('ImportFile', () => ImportFile);

@InputType()
class ImportFileFilter {
  @Field(() => ID, { nullable: true })
  integrationId?: string | null;

  @Field(() => EntityType, { nullable: true })
  entityType?: EntityType | null;

  @Field(() => [FileStatus], { nullable: true })
  status?: FileStatus[] | null;

  @Field(() => String, { nullable: true })
  contentHash?: string | null;
}

const ImportFilesArgs = filteredBy(() => ImportFileFilter);

@Resolver()
export class ImportFileQueries {
  @Allow('viewer', 'viewStatus')
  @Query(() => ImportFile, { nullable: true })
  importFile(@Arg('id', () => ID) _id: string): ImportFile | null {
    return planned();
  }

  @Allow('viewer', 'viewStatus')
  @Query(() => ImportFileConnection, { description: 'Newest first.' })
  @Read({ order: [['receivedAt', 'desc']] })
  importFiles(@Args(() => ImportFilesArgs) _args: PageArgs): Connection<ImportFile> {
    return planned();
  }
}
