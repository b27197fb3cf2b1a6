;; top = max x[row, j]
;; total = Σ exp(x[row, j] - top)
;; y[row, j] = exp(x[row, j] - top) / total   [5, 12]
;; logsumexp[row] = top + log(total)   [5]

(module
  (import "vaec" "memory" (memory 1 65536 shared))

  (func $softmax_5_12 (export "softmax_5_12")
    (param $x i32)          ;; [5, 12] f32, read
    (param $y i32)          ;; [5, 12] f32, read and written
    (param $logsumexp i32)  ;; [5] f32, read and written
    (param $from i32)       ;; the first of 5 x 1 x 1 workgroups
    (param $to i32)         ;; and the one behind the last
    (local $group i32) (local $j i32) (local $group_at i32) (local $x_at4 i32) (local $x_at i32) (local $j2 i32)
    (local $x_at2 i32) (local $j3 i32) (local $x_at3 i32) (local $y_at i32) (local $j3_at i32) (local $log_is_tiny i32)
    (local $log_bits i32) (local $top f32) (local $total f32) (local $log_k f32) (local $log_f f32) (local $log_f2 f32)
    (local $log_x4 f32) (local $log_rest f32) (local $log_finite f32) (local $log_real f32) (local $top4 v128)
    (local $x_here v128) (local $total4 v128) (local $all_top v128) (local $1.442695 v128) (local $12582912 v128)
    (local $-0.00021219444 v128) (local $0.6933594 v128) (local $0.0013820734 v128) (local $0.008368677 v128)
    (local $0.041668266 v128) (local $0.16666521 v128) (local $0.49999994 v128) (local $1 v128) (local $-87.33654 v128)
    (local $3.4028235e+38 v128) (local $88.72283 v128) (local $exp_x v128) (local $exp_shifted v128) (local $exp_k v128)
    (local $exp_rest v128) (local $exp_square v128) (local $exp_x4 v128) (local $exp_product v128)
    (local $exp_small v128) (local $all_top2 v128) (local $all_total v128)
    (local.set $group (local.get $from))
    (if (i32.lt_u (local.get $group) (local.get $to))
      (then
        (loop $workgroups
          (local.set $top4 (v128.const f32x4 -3.4028235e+38 -3.4028235e+38 -3.4028235e+38 -3.4028235e+38))
          (local.set $j (i32.const 0))
          (local.set $group_at (i32.mul (local.get $group) (i32.const 48)))
          (local.set $x_at4 (i32.add (local.get $x) (local.get $group_at)))
          (local.set $x_at (local.get $x_at4))
          (loop $for_j
            (local.set $x_here (v128.load (i32.add (local.get $x_at) (i32.shl (local.get $j) (i32.const 2)))))
            (local.set $top4 (f32x4.pmax (local.get $top4) (local.get $x_here)))
            (local.set $j (i32.add (local.get $j) (i32.const 4)))
            (br_if $for_j (i32.lt_u (local.get $j) (i32.const 12)))
          )
          (local.set $top
            (f32.max
              (f32.max (f32x4.extract_lane 0 (local.get $top4)) (f32x4.extract_lane 1 (local.get $top4)))
              (f32.max (f32x4.extract_lane 2 (local.get $top4)) (f32x4.extract_lane 3 (local.get $top4)))))
          (local.set $total4 (v128.const f32x4 0 0 0 0))
          (local.set $j2 (i32.const 0))
          (local.set $x_at2 (local.get $x_at4))
          (local.set $all_top (f32x4.splat (local.get $top)))
          (local.set $1.442695 (v128.const f32x4 1.442695 1.442695 1.442695 1.442695))
          (local.set $12582912 (v128.const f32x4 12582912 12582912 12582912 12582912))
          (local.set $-0.00021219444 (v128.const f32x4 -0.00021219444 -0.00021219444 -0.00021219444 -0.00021219444))
          (local.set $0.6933594 (v128.const f32x4 0.6933594 0.6933594 0.6933594 0.6933594))
          (local.set $0.0013820734 (v128.const f32x4 0.0013820734 0.0013820734 0.0013820734 0.0013820734))
          (local.set $0.008368677 (v128.const f32x4 0.008368677 0.008368677 0.008368677 0.008368677))
          (local.set $0.041668266 (v128.const f32x4 0.041668266 0.041668266 0.041668266 0.041668266))
          (local.set $0.16666521 (v128.const f32x4 0.16666521 0.16666521 0.16666521 0.16666521))
          (local.set $0.49999994 (v128.const f32x4 0.49999994 0.49999994 0.49999994 0.49999994))
          (local.set $1 (v128.const f32x4 1 1 1 1))
          (local.set $-87.33654 (v128.const f32x4 -87.33654 -87.33654 -87.33654 -87.33654))
          (local.set $3.4028235e+38 (v128.const f32x4 3.4028235e+38 3.4028235e+38 3.4028235e+38 3.4028235e+38))
          (local.set $88.72283 (v128.const f32x4 88.72283 88.72283 88.72283 88.72283))
          (loop $for_j2
            (local.set $x_here (v128.load (i32.add (local.get $x_at2) (i32.shl (local.get $j2) (i32.const 2)))))
            (local.set $exp_x (f32x4.sub (local.get $x_here) (local.get $all_top)))
            (local.set $exp_shifted (f32x4.relaxed_madd (local.get $exp_x) (local.get $1.442695) (local.get $12582912)))
            (local.set $exp_k (f32x4.sub (local.get $exp_shifted) (local.get $12582912)))
            (local.set $exp_rest
              (f32x4.relaxed_nmadd
                (local.get $exp_k)
                (local.get $-0.00021219444)
                (f32x4.relaxed_nmadd (local.get $exp_k) (local.get $0.6933594) (local.get $exp_x))))
            (local.set $exp_square (f32x4.mul (local.get $exp_rest) (local.get $exp_rest)))
            (local.set $exp_x4 (f32x4.mul (local.get $exp_square) (local.get $exp_square)))
            (local.set $exp_product
              (i32x4.add
                (f32x4.add
                  (f32x4.relaxed_madd
                    (local.get $exp_square)
                    (f32x4.relaxed_madd
                      (local.get $0.0013820734)
                      (local.get $exp_x4)
                      (f32x4.relaxed_madd
                        (f32x4.relaxed_madd (local.get $0.008368677) (local.get $exp_rest) (local.get $0.041668266))
                        (local.get $exp_square)
                        (f32x4.relaxed_madd (local.get $0.16666521) (local.get $exp_rest) (local.get $0.49999994))))
                    (local.get $exp_rest))
                  (local.get $1))
                (i32x4.shl (local.get $exp_shifted) (i32.const 23))))
            (local.set $exp_small
              (v128.andnot (local.get $exp_product) (f32x4.lt (local.get $exp_x) (local.get $-87.33654))))
            (local.set $total4
              (f32x4.add
                (local.get $total4)
                (i32x4.relaxed_laneselect
                  (local.get $exp_small)
                  (f32x4.mul (local.get $exp_x) (local.get $3.4028235e+38))
                  (f32x4.le (local.get $exp_x) (local.get $88.72283)))))
            (local.set $j2 (i32.add (local.get $j2) (i32.const 4)))
            (br_if $for_j2 (i32.lt_u (local.get $j2) (i32.const 12)))
          )
          (local.set $total
            (f32.add
              (f32.add (f32x4.extract_lane 0 (local.get $total4)) (f32x4.extract_lane 1 (local.get $total4)))
              (f32.add (f32x4.extract_lane 2 (local.get $total4)) (f32x4.extract_lane 3 (local.get $total4)))))
          (local.set $j3 (i32.const 0))
          (local.set $x_at3 (local.get $x_at4))
          (local.set $all_top2 (f32x4.splat (local.get $top)))
          (local.set $1.442695 (v128.const f32x4 1.442695 1.442695 1.442695 1.442695))
          (local.set $12582912 (v128.const f32x4 12582912 12582912 12582912 12582912))
          (local.set $-0.00021219444 (v128.const f32x4 -0.00021219444 -0.00021219444 -0.00021219444 -0.00021219444))
          (local.set $0.6933594 (v128.const f32x4 0.6933594 0.6933594 0.6933594 0.6933594))
          (local.set $0.0013820734 (v128.const f32x4 0.0013820734 0.0013820734 0.0013820734 0.0013820734))
          (local.set $0.008368677 (v128.const f32x4 0.008368677 0.008368677 0.008368677 0.008368677))
          (local.set $0.041668266 (v128.const f32x4 0.041668266 0.041668266 0.041668266 0.041668266))
          (local.set $0.16666521 (v128.const f32x4 0.16666521 0.16666521 0.16666521 0.16666521))
          (local.set $0.49999994 (v128.const f32x4 0.49999994 0.49999994 0.49999994 0.49999994))
          (local.set $1 (v128.const f32x4 1 1 1 1))
          (local.set $-87.33654 (v128.const f32x4 -87.33654 -87.33654 -87.33654 -87.33654))
          (local.set $y_at (i32.add (local.get $y) (local.get $group_at)))
          (local.set $3.4028235e+38 (v128.const f32x4 3.4028235e+38 3.4028235e+38 3.4028235e+38 3.4028235e+38))
          (local.set $88.72283 (v128.const f32x4 88.72283 88.72283 88.72283 88.72283))
          (local.set $all_total (f32x4.splat (local.get $total)))
          (loop $for_j3
            (local.set $j3_at (i32.shl (local.get $j3) (i32.const 2)))
            (local.set $x_here (v128.load (i32.add (local.get $x_at3) (local.get $j3_at))))
            (local.set $exp_x (f32x4.sub (local.get $x_here) (local.get $all_top2)))
            (local.set $exp_shifted (f32x4.relaxed_madd (local.get $exp_x) (local.get $1.442695) (local.get $12582912)))
            (local.set $exp_k (f32x4.sub (local.get $exp_shifted) (local.get $12582912)))
            (local.set $exp_rest
              (f32x4.relaxed_nmadd
                (local.get $exp_k)
                (local.get $-0.00021219444)
                (f32x4.relaxed_nmadd (local.get $exp_k) (local.get $0.6933594) (local.get $exp_x))))
            (local.set $exp_square (f32x4.mul (local.get $exp_rest) (local.get $exp_rest)))
            (local.set $exp_x4 (f32x4.mul (local.get $exp_square) (local.get $exp_square)))
            (local.set $exp_product
              (i32x4.add
                (f32x4.add
                  (f32x4.relaxed_madd
                    (local.get $exp_square)
                    (f32x4.relaxed_madd
                      (local.get $0.0013820734)
                      (local.get $exp_x4)
                      (f32x4.relaxed_madd
                        (f32x4.relaxed_madd (local.get $0.008368677) (local.get $exp_rest) (local.get $0.041668266))
                        (local.get $exp_square)
                        (f32x4.relaxed_madd (local.get $0.16666521) (local.get $exp_rest) (local.get $0.49999994))))
                    (local.get $exp_rest))
                  (local.get $1))
                (i32x4.shl (local.get $exp_shifted) (i32.const 23))))
            (local.set $exp_small
              (v128.andnot (local.get $exp_product) (f32x4.lt (local.get $exp_x) (local.get $-87.33654))))
            (v128.store
              (i32.add (local.get $y_at) (local.get $j3_at))
              (f32x4.div
                (i32x4.relaxed_laneselect
                  (local.get $exp_small)
                  (f32x4.mul (local.get $exp_x) (local.get $3.4028235e+38))
                  (f32x4.le (local.get $exp_x) (local.get $88.72283)))
                (local.get $all_total)))
            (local.set $j3 (i32.add (local.get $j3) (i32.const 4)))
            (br_if $for_j3 (i32.lt_u (local.get $j3) (i32.const 12)))
          )
          (local.set $log_is_tiny (f32.lt (local.get $total) (f32.const 1.1754944e-38)))
          (local.set $log_bits
            (i32.sub
              (i32.reinterpret_f32
                (select (f32.mul (local.get $total) (f32.const 16777216)) (local.get $total) (local.get $log_is_tiny)))
              (i32.const 0x3f3504f3)))
          (local.set $log_k
            (f32.sub
              (f32.convert_i32_s (i32.shr_s (local.get $log_bits) (i32.const 23)))
              (select (f32.const 24) (f32.const 0) (local.get $log_is_tiny))))
          (local.set $log_f
            (f32.sub
              (f32.reinterpret_i32 (i32.add (i32.and (local.get $log_bits) (i32.const 8388607)) (i32.const 0x3f3504f3)))
              (f32.const 1)))
          (local.set $log_f2 (f32.mul (local.get $log_f) (local.get $log_f)))
          (local.set $log_x4 (f32.mul (local.get $log_f2) (local.get $log_f2)))
          (local.set $log_rest
            (f32.add
              (f32.mul (f32.const -0.5) (local.get $log_f2))
              (f32.mul
                (f32.mul (local.get $log_f2) (local.get $log_f))
                (f32.add
                  (f32.mul
                    (f32.add
                      (f32.mul
                        (f32.add (f32.mul (f32.const -0.07638189) (local.get $log_f)) (f32.const 0.12764764))
                        (local.get $log_f2))
                      (f32.add (f32.mul (f32.const -0.1316019) (local.get $log_f)) (f32.const 0.14201273)))
                    (local.get $log_x4))
                  (f32.add
                    (f32.mul
                      (f32.add (f32.mul (f32.const -0.16623315) (local.get $log_f)) (f32.const 0.2000125))
                      (local.get $log_f2))
                    (f32.add (f32.mul (f32.const -0.25000823) (local.get $log_f)) (f32.const 0.3333333)))))))
          (local.set $log_finite
            (select
              (f32.add
                (f32.mul (local.get $log_k) (f32.const 0.6933594))
                (f32.add
                  (local.get $log_f)
                  (f32.add (f32.mul (local.get $log_k) (f32.const -0.00021219444)) (local.get $log_rest))))
              (local.get $total)
              (f32.lt (local.get $total) (f32.const inf))))
          (local.set $log_real
            (select
              (f32.reinterpret_i32 (i32.const -1))
              (local.get $log_finite)
              (f32.lt (local.get $total) (f32.const 0))))
          (f32.store
            (i32.add (local.get $logsumexp) (i32.shl (local.get $group) (i32.const 2)))
            (f32.add
              (local.get $top)
              (select (f32.const -inf) (local.get $log_real) (f32.eq (local.get $total) (f32.const 0)))))
          (local.set $group (i32.add (local.get $group) (i32.const 1)))
          (br_if $workgroups (i32.lt_u (local.get $group) (local.get $to)))
        )
      )
    )
  )
)
