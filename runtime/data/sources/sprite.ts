/** One sprite: a form inside the unit circle, scaled, turned, placed, and its edge smoothed. */

/** In the order of their numbers. A square is itself again after a quarter turn, an ellipse after half a turn. */
export const FORMS = ['square', 'ellipse', 'heart', 'triangle'] as const;
export type Form = (typeof FORMS)[number];

export interface Sprite {
  readonly form: Form;
  /** Of the largest radius, 0.3 of the picture. */
  readonly scale: number;
  /** 0: left, or top; 1: right, or bottom. The middle runs over 0.3 .. 0.7 of the picture, so nothing is cut off. */
  readonly x: number;
  readonly y: number;
  /** Radians, anticlockwise as seen. */
  readonly rotation: number;
}

const LARGEST = 0.3;
const SAMPLES = 4;

/** Draws into `pixels`, [size, size] bytes that are 0: a pixel is 255 times the part of 4 x 4 points that lie inside. */
export function drawSprite(pixels: Uint8Array, size: number, sprite: Sprite): void {
  const radius = LARGEST * sprite.scale * size;
  const middleX = (LARGEST + (1 - 2 * LARGEST) * sprite.x) * size;
  const middleY = (LARGEST + (1 - 2 * LARGEST) * sprite.y) * size;
  const cos = Math.cos(sprite.rotation) / radius;
  const sin = Math.sin(sprite.rotation) / radius;
  const isInside = INSIDE[sprite.form];
  for (let row = Math.floor(middleY - radius); row < middleY + radius; row++) {
    for (let column = Math.floor(middleX - radius); column < middleX + radius; column++) {
      let inside = 0;
      for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
        const dx = column + ((sample % SAMPLES) + 0.5) / SAMPLES - middleX;
        const dy = middleY - (row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES);
        if (isInside(cos * dx + sin * dy, cos * dy - sin * dx)) inside += 1;
      }
      if (inside > 0) pixels[row * size + column] = Math.round((255 * inside) / SAMPLES ** 2);
    }
  }
}

/** Whether the point (u, v), v upwards, lies within the form; every form lies within the unit circle. */
const INSIDE: Readonly<Record<Form, (u: number, v: number) => boolean>> = {
  square: (u, v) => Math.max(Math.abs(u), Math.abs(v)) <= Math.SQRT1_2,
  ellipse: (u, v) => u * u + 4 * v * v <= 1,
  // x² + (y - √|x|)² <= 1: 2 wide, from -1 to 1.57 up, with a notch at 1.
  heart: (u, v) => {
    const x = 1.4 * u;
    const y = 1.4 * v + 0.35;
    return x * x + (y - Math.sqrt(Math.abs(x))) ** 2 <= 1;
  },
  // Corners (0, 1) and (±0.75, -0.66).
  triangle: (u, v) => v >= -0.66 && Math.abs(u) <= (0.75 * (1 - v)) / 1.66,
};
