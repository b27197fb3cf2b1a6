;; y[row, column] = images[rows[row], column]   [5, 8]
;; mask[row, column] = images[rows[row], column] > 0.5   [5, 8]

(module
  (import "vaec" "memory" (memory 1 65536 shared))

  (func $gather_5_8 (export "gather_5_8")
    (param $rows i32)    ;; [5] u32, read
    (param $images i32)  ;; [rows, 8] u8, read
    (param $y i32)       ;; [5, 8] f32, read and written
    (param $mask i32)    ;; [5, 8] u32, read and written
    (param $from i32)    ;; the first of 10 x 1 x 1 workgroups
    (param $to i32)      ;; and the one behind the last
    (local $group i32) (local $point i32) (local $column4 i32) (local $row i32) (local $rows_here i32)
    (local $row_at i32) (local $0.003921569 v128) (local $i1 v128) (local $0.5 v128) (local $images_here v128)
    (local.set $group (local.get $from))
    (if (i32.lt_u (local.get $group) (local.get $to))
      (then
        (local.set $0.003921569 (v128.const f32x4 0.003921569 0.003921569 0.003921569 0.003921569))
        (local.set $i1 (v128.const i32x4 1 1 1 1))
        (local.set $0.5 (v128.const f32x4 0.5 0.5 0.5 0.5))
        (loop $workgroups
          (local.set $point (local.get $group))
          (local.set $column4 (i32.and (local.get $point) (i32.const 1)))
          (local.set $row (i32.shr_u (local.get $point) (i32.const 1)))
          (local.set $rows_here (i32.load (i32.add (local.get $rows) (i32.shl (local.get $row) (i32.const 2)))))
          (local.set $images_here
            (f32x4.convert_i32x4_s
              (i32x4.extend_low_i16x8_u
                (i16x8.extend_low_i8x16_u
                  (v128.load32_zero
                    (i32.add
                      (local.get $images)
                      (i32.add
                        (i32.shl
                          (select (local.get $rows_here) (i32.const 6) (i32.lt_u (local.get $rows_here) (i32.const 6)))
                          (i32.const 3))
                        (i32.shl (local.get $column4) (i32.const 2)))))))))
          (local.set $row_at
            (i32.add (i32.shl (local.get $row) (i32.const 5)) (i32.shl (local.get $column4) (i32.const 4))))
          (v128.store
            (i32.add (local.get $y) (local.get $row_at))
            (f32x4.mul (local.get $images_here) (local.get $0.003921569)))
          (v128.store
            (i32.add (local.get $mask) (local.get $row_at))
            (v128.and
              (local.get $i1)
              (f32x4.gt (f32x4.mul (local.get $images_here) (local.get $0.003921569)) (local.get $0.5))))
          (local.set $group (i32.add (local.get $group) (i32.const 1)))
          (br_if $workgroups (i32.lt_u (local.get $group) (local.get $to)))
        )
      )
    )
  )
)
