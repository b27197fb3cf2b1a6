/** Names that labels become: words of WGSL keep their meaning, and the file of a kernel has the name of its function. */
import { describe, expect, test } from 'vitest';
import { identifier, Names } from '../../compiler/5-kernel/names.ts';
import { reservedWords } from '../../compiler/5-kernel/reserved.ts';
import { legalName } from '../../compiler/6-emit/wgsl/names.ts';

describe('a label', () => {
  test.each([...reservedWords])('%s becomes a name that is printed as it is', (word) => {
    const name = identifier(word);
    expect(reservedWords).not.toContain(name);
    expect(legalName(name)).toBe(name);
  });

  test.each([
    ['decoder.dense_3', 'decoder_dense_3'],
    ['log p(x | z)', 'log_p_x_z'],
    ['3d', 'v3d'],
    ['(·)', 'value'],
    ['NULL', 'NULL_value'],
    ['smoothstep', 'smoothstep_value'],
    ['row', 'row_value'],
    ['group', 'group_value'],
    ['subgroup', 'subgroup_value'],
    ['Scalars', 'Scalars_value'],
    ['rows', 'rows'],
  ])('%s is named %s', (label, name) => {
    expect(identifier(label)).toBe(name);
  });
});

test('a name is handed out once, whatever its case: files of some disks have none', () => {
  const names = new Names();
  expect(['h', 'H', 'h', 'g', 'h_2'].map((name) => names.unique(name))).toEqual(['h', 'H_2', 'h_3', 'g', 'h_2_2']);
});
