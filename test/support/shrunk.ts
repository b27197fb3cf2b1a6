/** The gallery's specs at small sizes. */
import { readdirSync, readFileSync } from 'node:fs';

/** Texts by file name, of every family. */
export const gallery: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync('specs').flatMap((family) =>
    readdirSync(`specs/${family}`)
      .filter((name) => name.endsWith('.vae'))
      .map((name) => [name, readFileSync(`specs/${family}/${name}`, 'utf8')] as const),
  ),
);

export const galleryNames: readonly string[] = Object.keys(gallery);

/**
 * Narrow layers, small batches, and pictures of 3 by 5: every structure, at extents that divide nothing. What halves
 * pictures twice gets 4 by 8.
 */
export const shrunkGallery: Readonly<Record<string, string>> = Object.fromEntries(
  galleryNames.map((name) => [name, shrunk(gallery[name]!)]),
);

function shrunk(text: string): string {
  const halves = /conv_transpose2d|unet/.test(text);
  return text
    .replace(/\b28, 28\b/g, halves ? '4, 8' : '3, 5')
    .replace(/\b7( \* |, )7\1\d+/g, '1$12$16')
    .replace(/(conv\w*)\(\d\d,/g, '$1(6,')
    .replace(/\b16, 16\b/g, '3, 5')
    .replace(/\b784\b/g, '15')
    .replace(/\b256\b/g, '15')
    .replace(/hyper (hidden|width) = \d+/, 'hyper $1 = 7')
    .replace(/hyper latent = \d+/, 'hyper latent = 3')
    .replace(/hyper width = \d+/, 'hyper width = 4')
    .replace(/groups: \d+/, 'groups: 2')
    .replace(/\b(batch|n =) \d+/g, halves ? '$1 3' : '$1 5')
    .replace(/K: \d+/g, 'K: 3')
    .replace(/^(sample \w+ = \w+\(.*), n: \d+/gm, '$1')
    .replace(/^(sample \w+ = \w+\(.*)\)$/gm, '$1, n: 3)');
}
