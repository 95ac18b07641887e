/** Addresses as people type them. */

/** Adds a scheme if there is none: a host before a port is no scheme, and this machine rarely has TLS. */
export function withScheme(typed) {
  const text = typed.trim();
  if (hasScheme(text)) return text;
  return `${isThisMachine(text) ? "http" : "https"}://${text}`;
}

const isThisMachine = (text) => /^(localhost|127(\.\d{1,3}){3}|\[::1\])(?![^:/?#])/i.test(text);
export const hasScheme = (text) => /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text);
