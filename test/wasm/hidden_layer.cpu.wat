;; h[row, column] = relu(Σ_k x[row, k] · w[k, column] + bias[column])   [16, 32]

(module
  (import "vaec" "memory" (memory 1 65536 shared))

  (func $hidden_layer (export "hidden_layer")
    (param $x i32)        ;; [16, 8] f32, read
    (param $w i32)        ;; [8, 32] f32, read
    (param $bias i32)     ;; [32] f32, read
    (param $h i32)        ;; [16, 32] f32, read and written
    (param $scratch i32)  ;; 128 bytes
    (param $from i32)     ;; the first of 2 x 2 x 1 workgroups
    (param $to i32)       ;; and the one behind the last
    (local $group i32) (local $group_x i32) (local $group_y i32) (local $first_row i32) (local $end_row i32)
    (local $first_column i32) (local $end_column i32) (local $panel i32) (local $panel_at i32) (local $bias_at i32)
    (local $tile_row i32) (local $w_at i32) (local $h_at i32) (local $k i32) (local $x_at i32) (local $w_at2 i32)
    (local $x_at2 i32) (local $tile_row_at i32) (local $end_row2 i32) (local $row i32) (local $scratch_at3 i32)
    (local $scratch_at i32) (local $row2 i32) (local $scratch_at2 i32) (local $bias_here v128) (local $bias_here2 v128)
    (local $sum0 v128) (local $sum1 v128) (local $sum2 v128) (local $sum3 v128) (local $sum0_2 v128)
    (local $sum1_2 v128) (local $sum2_2 v128) (local $sum3_2 v128) (local $w_here v128) (local $w_here2 v128)
    (local $x_here v128) (local $x_here2 v128) (local $x_here3 v128) (local $x_here4 v128) (local $total v128)
    (local $value v128)
    (local.set $group (local.get $from))
    (if (i32.lt_u (local.get $group) (local.get $to))
      (then
        (loop $workgroups
          (local.set $group_x (i32.and (local.get $group) (i32.const 1)))
          (local.set $group_y (i32.shr_u (local.get $group) (i32.const 1)))
          ;; 8 rows by 16 columns, in tiles of 4 rows by 8 columns.
          (local.set $first_row (i32.shl (local.get $group_y) (i32.const 3)))
          (local.set $end_row (i32.add (local.get $first_row) (i32.const 8)))
          (local.set $first_column (i32.shl (local.get $group_x) (i32.const 4)))
          (local.set $end_column (i32.add (local.get $first_column) (i32.const 16)))
          (local.set $panel (local.get $first_column))
          (loop $for_panel
            (local.set $panel_at (i32.shl (local.get $panel) (i32.const 2)))
            (local.set $bias_at (i32.add (local.get $bias) (local.get $panel_at)))
            (local.set $bias_here (v128.load (local.get $bias_at)))
            (local.set $bias_here2 (v128.load offset=16 (local.get $bias_at)))
            (local.set $tile_row (local.get $first_row))
            (local.set $w_at (i32.add (local.get $w) (local.get $panel_at)))
            (local.set $h_at (i32.add (local.get $h) (local.get $panel_at)))
            (loop $for_tile_row
              (local.set $sum0 (v128.const f32x4 0 0 0 0))
              (local.set $sum1 (v128.const f32x4 0 0 0 0))
              (local.set $sum2 (v128.const f32x4 0 0 0 0))
              (local.set $sum3 (v128.const f32x4 0 0 0 0))
              (local.set $sum0_2 (v128.const f32x4 0 0 0 0))
              (local.set $sum1_2 (v128.const f32x4 0 0 0 0))
              (local.set $sum2_2 (v128.const f32x4 0 0 0 0))
              (local.set $sum3_2 (v128.const f32x4 0 0 0 0))
              (local.set $k (i32.const 0))
              (local.set $x_at (i32.add (local.get $x) (i32.shl (local.get $tile_row) (i32.const 5))))
              (loop $for_k
                (local.set $w_at2 (i32.add (local.get $w_at) (i32.shl (local.get $k) (i32.const 7))))
                (local.set $w_here (v128.load (local.get $w_at2)))
                (local.set $w_here2 (v128.load offset=16 (local.get $w_at2)))
                (local.set $x_at2 (i32.add (local.get $x_at) (i32.shl (local.get $k) (i32.const 2))))
                (local.set $x_here (v128.load32_splat (local.get $x_at2)))
                (local.set $sum0 (f32x4.relaxed_madd (local.get $x_here) (local.get $w_here) (local.get $sum0)))
                (local.set $sum0_2 (f32x4.relaxed_madd (local.get $x_here) (local.get $w_here2) (local.get $sum0_2)))
                (local.set $x_here2 (v128.load32_splat offset=32 (local.get $x_at2)))
                (local.set $sum1 (f32x4.relaxed_madd (local.get $x_here2) (local.get $w_here) (local.get $sum1)))
                (local.set $sum1_2 (f32x4.relaxed_madd (local.get $x_here2) (local.get $w_here2) (local.get $sum1_2)))
                (local.set $x_here3 (v128.load32_splat offset=64 (local.get $x_at2)))
                (local.set $sum2 (f32x4.relaxed_madd (local.get $x_here3) (local.get $w_here) (local.get $sum2)))
                (local.set $sum2_2 (f32x4.relaxed_madd (local.get $x_here3) (local.get $w_here2) (local.get $sum2_2)))
                (local.set $x_here4 (v128.load32_splat offset=96 (local.get $x_at2)))
                (local.set $sum3 (f32x4.relaxed_madd (local.get $x_here4) (local.get $w_here) (local.get $sum3)))
                (local.set $sum3_2 (f32x4.relaxed_madd (local.get $x_here4) (local.get $w_here2) (local.get $sum3_2)))
                (local.set $k (i32.add (local.get $k) (i32.const 1)))
                (br_if $for_k (i32.lt_u (local.get $k) (i32.const 8)))
              )
              (v128.store (local.get $scratch) (local.get $sum0))
              (v128.store offset=16 (local.get $scratch) (local.get $sum1))
              (v128.store offset=32 (local.get $scratch) (local.get $sum2))
              (v128.store offset=48 (local.get $scratch) (local.get $sum3))
              (local.set $tile_row_at (i32.add (local.get $tile_row) (i32.const 4)))
              (local.set $end_row2 (local.get $tile_row_at))
              (local.set $row (local.get $tile_row))
              (local.set $scratch_at3 (i32.add (local.get $scratch) (i32.mul (local.get $tile_row) (i32.const -16))))
              (local.set $scratch_at (local.get $scratch_at3))
              (loop $for_row
                (local.set $total
                  (v128.load (i32.add (local.get $scratch_at) (i32.shl (local.get $row) (i32.const 4)))))
                (local.set $value (f32x4.add (local.get $total) (local.get $bias_here)))
                (v128.store
                  (i32.add (local.get $h_at) (i32.shl (local.get $row) (i32.const 7)))
                  (v128.andnot (local.get $value) (f32x4.le (local.get $value) (v128.const f32x4 0 0 0 0))))
                (local.set $row (i32.add (local.get $row) (i32.const 1)))
                (br_if $for_row (i32.lt_u (local.get $row) (local.get $end_row2)))
              )
              (v128.store offset=64 (local.get $scratch) (local.get $sum0_2))
              (v128.store offset=80 (local.get $scratch) (local.get $sum1_2))
              (v128.store offset=96 (local.get $scratch) (local.get $sum2_2))
              (v128.store offset=112 (local.get $scratch) (local.get $sum3_2))
              (local.set $row2 (local.get $tile_row))
              (local.set $scratch_at2 (local.get $scratch_at3))
              (loop $for_row2
                (local.set $total
                  (v128.load
                    (i32.add
                      (i32.add (local.get $scratch_at2) (i32.shl (local.get $row2) (i32.const 4)))
                      (i32.const 64))))
                (local.set $value (f32x4.add (local.get $total) (local.get $bias_here2)))
                (v128.store offset=16
                  (i32.add (local.get $h_at) (i32.shl (local.get $row2) (i32.const 7)))
                  (v128.andnot (local.get $value) (f32x4.le (local.get $value) (v128.const f32x4 0 0 0 0))))
                (local.set $row2 (i32.add (local.get $row2) (i32.const 1)))
                (br_if $for_row2 (i32.lt_u (local.get $row2) (local.get $end_row2)))
              )
              (local.set $tile_row (local.get $tile_row_at))
              (br_if $for_tile_row (i32.lt_u (local.get $tile_row) (local.get $end_row)))
            )
            (local.set $panel (i32.add (local.get $panel) (i32.const 8)))
            (br_if $for_panel (i32.lt_u (local.get $panel) (local.get $end_column)))
          )
          (local.set $group (i32.add (local.get $group) (i32.const 1)))
          (br_if $workgroups (i32.lt_u (local.get $group) (local.get $to)))
        )
      )
    )
  )
)
