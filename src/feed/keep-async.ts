/** Passes on what meets an asynchronous test. `return` ends the source at once, also while a value is awaited. */
export function keepAsync<Value>(
  source: AsyncGenerator<Value, void, void>,
  test: (value: Value) => Promise<boolean>,
): AsyncGenerator<Value, void, void> {
  const kept: AsyncGenerator<Value, void, void> = {
    next: async () => {
      for (;;) {
        const result = await source.next();
        if (result.done || (await test(result.value))) return result;
      }
    },
    return: (value) => source.return(value),
    throw: (error) => source.throw(error),
    [Symbol.asyncIterator]: () => kept,
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
  return kept;
}
