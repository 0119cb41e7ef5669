/** Whether PostgreSQL can hold the text exactly. */
export const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0');

/** A value with the way to it; each place knows only its last step, since a path for each level of deep JSON fills the memory. */
interface Place {
  value: unknown;
  key: string;
  parent: Place | null;
}

/**
 * Path of the first text that PostgreSQL cannot hold exactly: U+0000 or half of a surrogate pair. Breadth first over a
 * list, not by recursion: a sender decides how deep its JSON is.
 */
export function findUnstorable(payload: unknown): string[] | null {
  const open: Place[] = [{ value: payload, key: '', parent: null }];
  for (const place of open) {
    const { value } = place;
    if (typeof value === 'string' && !isStorable(value)) return pathOf(place);
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (!isStorable(key)) return [...pathOf(place), JSON.stringify(key)];
      open.push({ value: inner, key, parent: place });
    }
  }
  return null;
}

function pathOf(place: Place): string[] {
  const path: string[] = [];
  for (let at = place; at.parent; at = at.parent) path.unshift(at.key);
  return path;
}
