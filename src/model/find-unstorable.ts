const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0');

/**
 * Path of the first text that PostgreSQL cannot hold exactly: U+0000 or half of a surrogate pair. Breadth first over a
 * list, not by recursion: a sender decides how deep its JSON is.
 */
export function findUnstorable(payload: unknown): string[] | null {
  const open: { value: unknown; path: string[] }[] = [{ value: payload, path: [] }];
  for (const { value, path } of open) {
    if (typeof value === 'string' && !isStorable(value)) return path;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (!isStorable(key)) return [...path, JSON.stringify(key)];
      open.push({ value: inner, path: [...path, key] });
    }
  }
  return null;
}
