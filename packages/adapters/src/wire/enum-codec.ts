import { invalidArgument } from '@forecache/core';

/** Both directions between our words and the constants of a proto enum. */
export interface EnumCodec<Word extends string, Constant extends string> {
  encode(word: Word): Constant;
  decode(constant: unknown, name: string): Word;
}

/**
 * `constants` lists every word with its constant. `unspecified` is the word for a field that was not set;
 * without it such a field is rejected, as is a constant this version does not know.
 */
export function enumCodec<Word extends string, Constant extends string>(
  constants: Readonly<Record<Word, Constant>>,
  unspecified?: { readonly constant: Constant; readonly word: Word },
): EnumCodec<Word, Constant> {
  const words = new Map<unknown, Word>();
  for (const word in constants) words.set(constants[word], word);
  const rule = `one of ${[...words.keys()].join(', ')}`;
  if (unspecified !== undefined) words.set(unspecified.constant, unspecified.word);
  return {
    encode: (word) => constants[word],
    decode(constant, name) {
      const word = words.get(constant);
      if (word === undefined) throw invalidArgument(name, rule, constant);
      return word;
    },
  };
}
