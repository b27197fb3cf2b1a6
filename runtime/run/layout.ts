/** Where things lie within a run folder, for those who look into one without opening it. */

/** The checkpoint after the run's last step. */
export const finalCheckpoint = 'checkpoints/final.safetensors';

/** The runs that its spec uses, each a run folder, under its name. */
export const keptRuns = 'runs';
