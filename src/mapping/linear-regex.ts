import { RE2JS } from 're2js';

/** JSONata makes an engine of the same pattern for each value. */
const known = new WeakMap<RegExp, RE2JS>();

function compile(pattern: RegExp): RE2JS {
  const { source, flags } = pattern;
  const ignoreCase = flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0;
  const compiled = RE2JS.compile(source, ignoreCase | (flags.includes('m') ? RE2JS.MULTILINE : 0));
  known.set(pattern, compiled);
  return compiled;
}

/** A regular expression as JSONata uses one, matched in linear time: a pattern of a mapping cannot stall the hub. */
class LinearRegex {
  lastIndex = 0;
  private readonly compiled: RE2JS;

  constructor(pattern: RegExp) {
    this.compiled = known.get(pattern) ?? compile(pattern);
  }

  exec(text: string): (Array<string | null> & { index: number }) | null {
    const matcher = this.compiled.matcher(text);
    if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) return null;
    this.lastIndex = matcher.end();
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group));
    return Object.assign(groups, { index: matcher.start() });
  }
}

/** In the type that JSONata's option has; it calls no more than `exec`. */
export const linearRegexEngine = LinearRegex as unknown as RegExpConstructor;
