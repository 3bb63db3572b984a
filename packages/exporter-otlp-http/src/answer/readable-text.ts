const MAX_CHARACTERS = 300;

/**
 * readableText makes a receiver's text fit for an error message: control and direction characters escaped, runs of
 * white space folded, at most 300 characters. A receiver can say anything.
 */
export function readableText(text: string): string {
  // Cut first: a megabyte of text is not escaped only to be thrown away.
  const cut = text
    .slice(0, MAX_CHARACTERS * 4)
    .replaceAll(/\s+/g, ' ')
    .trim();
  const escaped = cut.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return `\\u{${codePoint.toString(16)}}`;
  });
  const characters = Array.from(escaped);
  if (characters.length <= MAX_CHARACTERS) return escaped;
  return `${characters.slice(0, MAX_CHARACTERS - 1).join('')}…`;
}
