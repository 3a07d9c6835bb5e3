// test_canon.c -- a store's types: equal groups meet, others do not; displays; layouts.
// SPDX-License-Identifier: MIT
#include "tests/api.h"

#include "vm/store.h"

// The store's numbers for the types of a module; the instance keeps them.
static const u32 *canon_of(weft_store *store, const char *wat)
{
    return instance_of(store, wat)->canon;
}

static void equal_types_have_equal_numbers(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    const u32 *a = canon_of(store, "(module (type (func (param i32))) (type (func (param i64)))"
                                   " (type (func (param i32))))");
    assert_int_equal(a[0], a[2]);
    assert_int_not_equal(a[0], a[1]);
    const u32 *b = canon_of(store, "(module (type (func (param i64))) (type (func (param i32)))"
                                   " (type (func (param i32) (result i32))))");
    assert_int_equal(b[0], a[1]);
    assert_int_equal(b[1], a[0]);
    assert_int_not_equal(b[2], a[0]);
    weft_store_free(store);
}

static void groups_are_equal_as_a_whole(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    const u32 *a = canon_of(
        store, "(module (rec (type $f (func (param (ref $s)))) (type $s (struct (field (ref $f)))))"
               " (rec (type $g (func (param (ref $t)))) (type $t (struct (field (ref $g)))))"
               " (rec (type $h (func (param (ref $u)))) (type $u (struct (field (ref $g))))))");
    assert_int_equal(a[0], a[2]);
    assert_int_equal(a[1], a[3]);
    // The last one refers to the group before it, not to itself.
    assert_int_not_equal(a[0], a[4]);
    const u32 *b = canon_of(
        store, "(module (type (func)) (rec (type $f (func (param (ref $s))))"
               " (type $s (struct (field (ref $f))))) (type $one (struct (field i8)))"
               " (type $two (struct (field (mut i8)))) (type $open (sub (struct (field i8)))))");
    assert_int_equal(b[1], a[0]);
    assert_int_equal(b[2], a[1]);
    assert_int_not_equal(b[3], b[4]);
    assert_int_not_equal(b[3], b[5]);
    weft_store_free(store);
}

static void displays_tell_who_is_below_whom(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    const u32 *t = canon_of(
        store, "(module (type $a (sub (struct))) (type $b (sub $a (struct (field i32))))"
               " (type $c (sub $b (struct (field i32 i64)))) (type $d (sub $a (struct (field f32)))))");
    for (u32 i = 0; i < 4; i++) assert_true(canon_below(&store->types, t[i], t[i]));
    assert_true(canon_below(&store->types, t[2], t[0]));
    assert_true(canon_below(&store->types, t[2], t[1]));
    assert_true(canon_below(&store->types, t[3], t[0]));
    assert_false(canon_below(&store->types, t[0], t[1]));
    assert_false(canon_below(&store->types, t[3], t[1]));
    assert_false(canon_below(&store->types, t[2], t[3]));
    weft_store_free(store);
}

static void fields_lie_aligned_and_subtypes_begin_alike(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    const u32 *t = canon_of(
        store, "(module (type $a (sub (struct (field i8 i16 i8 i32 i64 v128 i8))))"
               " (type $b (sub $a (struct (field i8 i16 i8 i32 i64 v128 i8 anyref))))"
               " (type $c (array i16)) (type $d (array anyref)))");
    static const u32 offsets[] = {0, 2, 4, 8, 16, 24, 40, 48};
    const CanonType *a = store->types.list[t[0]], *b = store->types.list[t[1]];
    for (u32 i = 0; i < 7; i++) assert_int_equal(a->places[i].offset, offsets[i]);
    for (u32 i = 0; i < 8; i++) assert_int_equal(b->places[i].offset, offsets[i]);
    assert_int_equal(a->size, 41);
    assert_int_equal(b->size, 56);
    assert_false(a->has_refs);
    assert_true(b->has_refs);
    assert_int_equal(store->types.list[t[2]]->size, 2);
    assert_true(store->types.list[t[3]]->has_refs);
    weft_store_free(store);
}

// Enough types that lists and buckets grow several times.
static void thousands_of_types_find_each_other_again(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    static char wat[200000];
    size_t at = (size_t)sprintf(wat, "(module");
    for (u32 i = 0; i < 3000; i++) {
        at += (size_t)sprintf(wat + at, " (type (func");
        for (u32 k = i; k != 0; k /= 3) {
            static const char *const letters[] = {"i32", "i64", "f32"};
            at += (size_t)sprintf(wat + at, " (param %s)", letters[k % 3]);
        }
        at += (size_t)sprintf(wat + at, "))");
        if (at > sizeof wat - 300) break;
    }
    sprintf(wat + at, ")");
    const u32 *a = canon_of(store, wat), *b = canon_of(store, wat);
    for (u32 i = 0; i < 1000; i++) {
        assert_int_equal(a[i], b[i]);
        assert_int_equal(a[i], i);
    }
    weft_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_types_have_equal_numbers),
        cmocka_unit_test(groups_are_equal_as_a_whole),
        cmocka_unit_test(displays_tell_who_is_below_whom),
        cmocka_unit_test(fields_lie_aligned_and_subtypes_begin_alike),
        cmocka_unit_test(thousands_of_types_find_each_other_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
