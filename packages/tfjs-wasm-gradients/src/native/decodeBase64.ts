/** Bytes of base64 without white space. */
export function decodeBase64(text: string): Uint8Array {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const bytes = new Uint8Array(Math.floor((text.replaceAll("=", "").length * 3) / 4));
  let bits = 0;
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    bits = (bits << 6) | digits.indexOf(text[i]!);
    if (i % 4 !== 0) bytes[at++] = bits >>> (6 - 2 * (i % 4));
  }
  return bytes;
}
