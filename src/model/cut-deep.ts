/** Deeper than anything that a system sends, and than whoever walks it can bear. */
const DEEPEST = 200;

/** Stands where something was left out. */
const CUT = '"(left out: nested too deeply)"';

/** A character of JSON that matters here, or a text as a whole. */
const MARK = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"?|[[\]{}]/g;

/** JSON text without what is nested more than 200 levels deep: a text stands in its place that says so. */
export function cutDeep(text: string): string {
  let depth = 0;
  let kept = 0;
  let cut = '';
  for (const { 0: mark, index } of text.matchAll(MARK)) {
    if (mark === '[' || mark === '{') {
      depth += 1;
      if (depth === DEEPEST + 1) cut += text.slice(kept, index) + CUT;
    } else if (mark === ']' || mark === '}') {
      if (depth === DEEPEST + 1) kept = index + 1;
      depth -= 1;
    }
  }
  // Of a text that ends within what is left out nothing is left.
  return depth > DEEPEST ? cut : cut + text.slice(kept);
}
