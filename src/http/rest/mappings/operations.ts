import { parse } from 'graphql';
import type { Direction, EntityType } from '../../../model/statuses.js';

const ERRORS = 'userErrors { code message path retryAfterMs }';

export const MAPPINGS = parse(`query RestMappings($id: ID!) {
  integration(id: $id) { id fieldMappings { id entityType direction publishedVersion versions { version status rules } } }
}`);

export const PUT_MAPPINGS = parse(`mutation RestPutMappings($input: PutMappingsInput!) {
  payload: putMappings(input: $input) { mappingVersionIds ${ERRORS} }
}`);

export const PREVIEW_MAPPING = parse(`mutation RestPreviewMapping($input: PreviewMappingInput!) {
  payload: previewMapping(input: $input) {
    preview {
      input output rules { rule source target value errorCode errorMessage }
      differences { path before after errorCode errorMessage }
    } ${ERRORS}
  }
}`);

export interface MappingData {
  id: string;
  entityType: EntityType;
  direction: Direction;
  publishedVersion: number | null;
  versions: { version: number; status: string; rules: RuleData[] }[];
}

export interface RuleData {
  source: string;
  target: string;
  required: boolean;
  transformation: string | null;
  defaultValue: unknown;
}
