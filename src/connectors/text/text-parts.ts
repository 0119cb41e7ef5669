/** A text in parts of so many characters each, at most `most`; what is left over is cut. An empty text is one empty part. */
export function textParts(text: string, length: number, most: number): string[] {
  const characters = [...text];
  const count = Math.min(most, Math.max(1, Math.ceil(characters.length / length)));
  return Array.from({ length: count }, (_, index) => characters.slice(index * length, (index + 1) * length).join(''));
}
