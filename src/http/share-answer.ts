/** Asks at most once per `maxAgeMs`, however many want the answer; a failure is shared by those who wait for it, not kept. */
export function shareAnswer<T>(ask: () => Promise<T>, maxAgeMs: number): () => Promise<T> {
  let shared: { answer: Promise<T>; until: number } | null = null;
  return () => {
    if (shared && performance.now() < shared.until) return shared.answer;
    const mine = { answer: ask(), until: performance.now() + maxAgeMs };
    mine.answer.catch(() => {
      if (shared === mine) shared = null;
    });
    shared = mine;
    return mine.answer;
  };
}
