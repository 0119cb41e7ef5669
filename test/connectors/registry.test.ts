import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { connectors, findConnector } from '../../src/connectors/registry.js';

const folder = join(import.meta.dirname, '../../src/connectors');

it('registers exactly the folders that are connectors, each under its own name', () => {
  const folders = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.js')));

  const names = connectors.map((connector) => connector.name);

  expect(names.toSorted()).toEqual(folders.toSorted());
  expect(names.map((name) => findConnector(name)?.name)).toEqual(names);
});

it('knows no connector by the name of a property of every object', () => {
  expect(findConnector('constructor')).toBeUndefined();
});
