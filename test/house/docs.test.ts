import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse, validate } from 'graphql';
import { buildHubSchema } from '../../schema/build.js';

const pages = globSync(['*.md', '{deploy,docs,src}/**/*.md']);
const withoutCode = (page: string) => readFileSync(page, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...withoutCode(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it('links from each page to what is there', () => {
  const broken = pages.flatMap((page) =>
    [...withoutCode(page).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
      .filter(([, path = '', anchor]) => {
        const target = path === '' ? page : join(dirname(page), path);
        return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
      })
      .map(([link]) => `${page}: ${link}`),
  );

  expect(pages).toContain('docs/operations.md');
  expect(broken).toEqual([]);
});

it('shows only operations that the schema answers', () => {
  const schema = buildHubSchema();
  const shown = pages.flatMap((page) => {
    const text = readFileSync(page, 'utf8');
    const operations = [
      ...[...text.matchAll(/^```graphql\n([\s\S]*?)^```/gm)].map(([, operation = '']) => operation),
      ...[...text.matchAll(/"query": ("(?:[^"\\]|\\.)*")/g)].map(([, literal = '']) => String(JSON.parse(literal))),
    ];
    return operations.map((operation) => ({ page, operation }));
  });

  const wrong = shown.flatMap(({ page, operation }) =>
    validate(schema, parse(operation)).map(({ message }) => `${page}: ${message}`),
  );

  expect(shown.map(({ page }) => page)).toEqual(expect.arrayContaining(['README.md', 'docs/when-it-is-stuck.md']));
  expect(wrong).toEqual([]);
});
