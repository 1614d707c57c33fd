/** Text without characters that break a page or mislead its reader. */

// Control characters are errors in HTML and XML; so are half surrogate pairs. Overrides of the text direction could
// reorder what stands around a name.
const unprintable = /(?![\t\n\r])\p{Cc}|\p{Surrogate}|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu

/** `text` with each such character replaced by U+FFFD. */
export const printable = (text: string): string => text.replace(unprintable, "\ufffd")
