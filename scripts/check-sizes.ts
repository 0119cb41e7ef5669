import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const FILE_LINES = 250;
const TEST_FILE_LINES = 350;
const FUNCTION_LINES = 40;
const FILES = '{src,schema,jobs,demo,scripts,test,bench,web/src}/**/*.{ts,tsx}';

/** What keeps a file from being read in one go. Of functions the code is counted, not the text of SQL statements. */
function findTooLong(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n').length - 1;
  const most = file.startsWith('test/') ? TEST_FILE_LINES : FILE_LINES;
  const found = lines > most ? [`${file}: ${lines} lines, at most ${most}`] : [];
  if (file.startsWith('test/')) return found;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ts.Node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const length = lineOf(node.end) - lineOf(node.getStart()) + 1 - linesOfText(node, lineOf);
      const name = node.name?.getText() ?? 'a function';
      if (length > FUNCTION_LINES)
        found.push(`${file}:${lineOf(node.getStart())}: ${name} has ${length} lines, at most ${FUNCTION_LINES}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function linesOfText(node: ts.Node, lineOf: (position: number) => number): number {
  if (ts.isTemplateLiteral(node)) return lineOf(node.end) - lineOf(node.getStart());
  let lines = 0;
  ts.forEachChild(node, (child) => {
    lines += linesOfText(child, lineOf);
  });
  return lines;
}

const files = globSync(FILES, { exclude: (name) => name.includes('node_modules') });
const found = files.flatMap(findTooLong);
if (files.length === 0) found.push('No file was read.');
if (found.length > 0) {
  console.error(found.join('\n'));
  process.exit(1);
}
console.log(`Sizes: ${files.length} files, none too long.`);
