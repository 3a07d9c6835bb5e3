// heap.c -- making structs, arrays, exceptions and host values, and reaching their fields.
//                                                       spec: exec-struct.get, exec-array.get
// SPDX-License-Identifier: MIT
#include "vm/heap.h"

#include "vm/collect.h"
#include "vm/exec.h"
#include "vm/segment.h"

u32 types_slots(const ValType *types, u32 count)
{
    u32 slots = 0;
    for (u32 i = 0; i < count; i++) slots += slots_of_type(types[i]);
    return slots;
}

// --- Fields ----------------------------------------------------------------------------

void field_load(const u8 *from, u32 bytes, bool is_signed, u64 *slots)
{
    u16 half;
    u32 word;
    switch (bytes) {
    case 1:
        slots[0] = is_signed ? (u32)(s32)(s8)*from : *from;
        return;
    case 2:
        memcpy(&half, from, 2);
        slots[0] = is_signed ? (u32)(s32)(s16)half : half;
        return;
    case 4:
        memcpy(&word, from, 4);
        slots[0] = word;
        return;
    case 8: memcpy(slots, from, 8); return;
    default: memcpy(slots, from, 16); return;
    }
}

void field_store(u8 *to, u32 bytes, const u64 *slots)
{
    u16 half = (u16)slots[0];
    u32 word = (u32)slots[0];
    switch (bytes) {
    case 1: *to = (u8)slots[0]; return;
    case 2: memcpy(to, &half, 2); return;
    case 4: memcpy(to, &word, 4); return;
    case 8: memcpy(to, slots, 8); return;
    default: memcpy(to, slots, 16); return;
    }
}

// --- Objects -----------------------------------------------------------------------------

// As declared; see heap_object_bytes for what it takes.
static u64 object_payload(const Store *store, const Object *object)
{
    const CanonType *type;
    switch ((ObjectKind)object->kind) {
    case OBJECT_STRUCT: return sizeof(StructInst) + store->types.list[object->type]->size;
    case OBJECT_ARRAY:
        type = store->types.list[object->type];
        return sizeof(ArrayInst) + (u64)type->size * ((const ArrayInst *)object)->length;
    case OBJECT_EXN:
        return sizeof(ExnInst) + 8 * (u64)((const ExnInst *)object)->tag->param_slots;
    case OBJECT_EXTERN: return sizeof(ExternInst);
    default: return 0;
    }
}

u64 heap_object_bytes(const Store *store, const Object *object)
{
    u64 bytes = object_payload(store, object);
    return bytes <= CELL_MOST ? cell_bytes((size_t)bytes) : bytes;
}

static Object *heap_take(Store *store, u64 bytes, ObjectKind kind, u32 type)
{
    if (bytes > SIZE_MAX / 2 || bytes > store->max_heap_bytes - store->heap_bytes) return NULL;
    // Under stress each object is a block of its own, so that a checking allocator sees whoever
    // uses one that was freed.
    bool small = bytes <= CELL_MOST && (!store->gc_stress || kind == OBJECT_EXTERN);
    Object *object;
    if (bytes <= CELL_MOST) bytes = cell_bytes((size_t)bytes);
    if (small) {
        object = cells_take(&store->cells, &store->allocator, (size_t)bytes);
    } else {
        object = allocator_take(&store->allocator, (size_t)bytes);
    }
    if (object == NULL) return NULL;
    memset(object, 0, (size_t)bytes);
    object->type = type;
    object->kind = (u8)kind;
    if (!small) {
        object->next = store->large;
        store->large = object;
    }
    store->object_count++;
    store->heap_bytes += bytes;
    collect_pressure(store, bytes);
    return object;
}

Object *heap_new(Store *store, u64 bytes, ObjectKind kind, u32 type)
{
    bool collected = store->gc_stress || bytes > store->pressure_limit - store->pressure;
    if (collected) collect(store);
    Object *object = heap_take(store, bytes, kind, type);
    if (object != NULL || collected) return object;
    collect(store);
    return heap_take(store, bytes, kind, type);
}

StructInst *heap_struct_new(Store *store, u32 type, const u64 *fields)
{
    const CanonType *t = store->types.list[type];
    StructInst *s = (StructInst *)heap_new(store, sizeof *s + t->size, OBJECT_STRUCT, type);
    if (s == NULL || fields == NULL) return s;
    for (u32 i = 0; i < t->sub.of.structure.field_count; i++) {
        field_store((u8 *)s->fields + t->places[i].offset, t->places[i].bytes, fields);
        fields += t->places[i].bytes == 16 ? 2 : 1;
    }
    return s;
}

ArrayInst *heap_array_new(Store *store, u32 type, u32 length)
{
    u64 bytes = sizeof(ArrayInst) + (u64)store->types.list[type]->size * length;
    ArrayInst *array = (ArrayInst *)heap_new(store, bytes, OBJECT_ARRAY, type);
    if (array != NULL) array->length = length;
    return array;
}

// `count` elements from `at` become `value`: the first is stored, the rest are copies of it.
static void array_fill_with(ArrayInst *array, u32 element_bytes, u32 at, const u64 *value,
                            u32 count)
{
    if (count == 0) return;
    u8 *first = array_at(array, element_bytes, at);
    field_store(first, element_bytes, value);
    size_t done = element_bytes, all = (size_t)element_bytes * count;
    while (done < all) {
        size_t step = done < all - done ? done : all - done;
        memcpy(first + done, first, step);
        done += step;
    }
}

ArrayInst *heap_array_new_of(Store *store, u32 type, const u64 *value, u32 length)
{
    ArrayInst *array = heap_array_new(store, type, length);
    if (array != NULL && value != NULL) {
        array_fill_with(array, store->types.list[type]->size, 0, value, length);
    }
    return array;
}

ArrayInst *heap_array_new_fixed(Store *store, u32 type, const u64 *values, u32 length)
{
    ArrayInst *array = heap_array_new(store, type, length);
    if (array == NULL) return NULL;
    const CanonType *t = store->types.list[type];
    for (u32 i = 0; i < length; i++) {
        field_store(array_at(array, t->size, i), t->size, values);
        values += t->size == 16 ? 2 : 1;
    }
    return array;
}

ExnInst *heap_exn_new(Store *store, TagInst *tag, const u64 *values)
{
    u64 bytes = sizeof(ExnInst) + 8 * (u64)tag->param_slots;
    ExnInst *exn = (ExnInst *)heap_new(store, bytes, OBJECT_EXN, NO_INDEX);
    if (exn == NULL) return NULL;
    exn->tag = tag;
    if (tag->param_slots != 0) memcpy(exn->values, values, 8 * (size_t)tag->param_slots);
    return exn;
}

ExnInst *heap_exn_new_for_host(Store *store, TagInst *tag)
{
    u64 bytes = sizeof(ExnInst) + 8 * (u64)tag->param_slots;
    ExnInst *exn = (ExnInst *)heap_take(store, bytes, OBJECT_EXN, NO_INDEX);
    if (exn != NULL) exn->tag = tag;
    return exn;
}

// --- Host values -------------------------------------------------------------------------

static u32 extern_bucket(const void *value, u32 room)
{
    u64 h = (u64)(uintptr_t)value * 0x9e3779b97f4a7c15u;
    return (u32)(h >> 32) & (room - 1);
}

static bool extern_make_room(Store *store)
{
    if (store->extern_count < store->extern_room) return true;
    u32 room = store->extern_room == 0 ? 16 : store->extern_room * 2;
    ExternInst **buckets = allocator_take_zeroed(&store->allocator, room * sizeof *buckets);
    if (buckets == NULL) return false;
    for (u32 i = 0; i < store->extern_room; i++) {
        for (ExternInst *e = store->externs[i], *next; e != NULL; e = next) {
            next = e->chain;
            u32 b = extern_bucket(e->value, room);
            e->chain = buckets[b];
            buckets[b] = e;
        }
    }
    allocator_free(&store->allocator, store->externs, store->extern_room * sizeof *buckets);
    store->externs = buckets;
    store->extern_room = room;
    return true;
}

ExternInst *heap_extern_new(Store *store, void *value, void (*drop)(void *value))
{
    if (!extern_make_room(store)) return NULL;
    ExternInst *e = store->externs[extern_bucket(value, store->extern_room)];
    while (e != NULL && e->value != value) e = e->chain;
    if (e != NULL) return e;
    e = (ExternInst *)heap_take(store, sizeof *e, OBJECT_EXTERN, NO_INDEX);
    if (e == NULL) return NULL;
    ExternInst **bucket = &store->externs[extern_bucket(value, store->extern_room)];
    e->value = value;
    e->drop = drop;
    e->chain = *bucket;
    *bucket = e;
    store->extern_count++;
    return e;
}

void heap_extern_forget(Store *store, ExternInst *e)
{
    ExternInst **at = &store->externs[extern_bucket(e->value, store->extern_room)];
    while (*at != e) at = &(*at)->chain;
    *at = e->chain;
    store->extern_count--;
}

// --- Casts ---------------------------------------------------------------------------------

bool runtime_type_below(const Store *store, u32 sub, u32 super)
{
    return canon_below(&store->types, sub, super);
}

// An i31 or an object against an abstract heap type. Host values and i31s may be on either
// side of extern.convert_any, so both hierarchies take them; `eq` and below do not know host
// values.
static bool ref_fits_abstract(Ref ref, AbstractHeap heap)
{
    ObjectKind kind = ref_is_i31(ref) ? OBJECT_FREE : (ObjectKind)ref_object(ref)->kind;
    switch (heap) {
    case HEAP_FUNC: return kind == OBJECT_FUNC;
    case HEAP_EXN: return kind == OBJECT_EXN;
    case HEAP_EXTERN:
    case HEAP_ANY:
        return kind == OBJECT_FREE || kind == OBJECT_STRUCT || kind == OBJECT_ARRAY ||
               kind == OBJECT_EXTERN;
    case HEAP_EQ: return kind == OBJECT_FREE || kind == OBJECT_STRUCT || kind == OBJECT_ARRAY;
    case HEAP_I31: return kind == OBJECT_FREE;
    case HEAP_STRUCT: return kind == OBJECT_STRUCT;
    case HEAP_ARRAY: return kind == OBJECT_ARRAY;
    default: return false;
    }
}

bool ref_fits(const Store *store, Ref ref, ValType type)
{
    if (ref == 0) return type_is_nullable(type);
    HeapType heap = type_heap(type);
    if (heap_is_abstract(heap)) return ref_fits_abstract(ref, heap_abstract(heap));
    if (ref_is_i31(ref)) return false;
    const Object *object = ref_object(ref);
    return object->type != NO_INDEX && canon_below(&store->types, object->type, heap_index(heap));
}

bool runtime_ref_matches(const Instance *instance, Ref ref, ValType type)
{
    return ref_fits(instance->store, ref, canon_valtype(type, instance->canon));
}

// --- What instructions ask for -------------------------------------------------------------

static Ref made_or_trap(Thread *thread, const void *object)
{
    if (object == NULL) thread->trap = TRAP_OUT_OF_MEMORY;
    return ref_of(object);
}

Ref runtime_struct_new(Thread *thread, Instance *instance, u32 type_index, const u64 *fields)
{
    return made_or_trap(thread, heap_struct_new(instance->store, instance->canon[type_index],
                                                fields));
}

// The type the code names says where a field lies: subtypes begin like it. So finding the place
// need not wait for the object.
static FieldPlace field_place(const Instance *instance, u32 type_index, u32 field)
{
    return instance->store->types.list[instance->canon[type_index]]->places[field];
}

void runtime_struct_get(Ref ref, const Instance *instance, u32 type_index, u32 field,
                        bool is_signed, u64 *to)
{
    FieldPlace place = field_place(instance, type_index, field);
    const StructInst *s = (const StructInst *)ref_object(ref);
    field_load((const u8 *)s->fields + place.offset, place.bytes, is_signed, to);
}

void runtime_struct_set(Ref ref, const Instance *instance, u32 type_index, u32 field,
                        const u64 *from)
{
    FieldPlace place = field_place(instance, type_index, field);
    StructInst *s = (StructInst *)ref_object(ref);
    field_store((u8 *)s->fields + place.offset, place.bytes, from);
}

Ref runtime_array_new(Thread *thread, Instance *instance, u32 type_index, const u64 *value,
                      u32 count)
{
    u32 type = instance->canon[type_index];
    return made_or_trap(thread, heap_array_new_of(instance->store, type, value, count));
}

Ref runtime_array_new_fixed(Thread *thread, Instance *instance, u32 type_index,
                            const u64 *values, u32 count)
{
    u32 type = instance->canon[type_index];
    return made_or_trap(thread, heap_array_new_fixed(instance->store, type, values, count));
}

u32 runtime_array_length(Ref ref)
{
    return ((const ArrayInst *)ref_object(ref))->length;
}

static u32 array_element_bytes(const Instance *instance, u32 type_index)
{
    return instance->store->types.list[instance->canon[type_index]]->size;
}

static bool array_reaches(const ArrayInst *array, u32 at, u32 count)
{
    return count <= array->length && at <= array->length - count;
}

TrapCode runtime_array_get(Ref ref, const Instance *instance, u32 type_index, u32 at,
                           bool is_signed, u64 *to)
{
    const ArrayInst *array = (const ArrayInst *)ref_object(ref);
    if (at >= array->length) return TRAP_ARRAY_BOUNDS;
    u32 bytes = array_element_bytes(instance, type_index);
    field_load(array_at(array, bytes, at), bytes, is_signed, to);
    return TRAP_NONE;
}

TrapCode runtime_array_set(Ref ref, const Instance *instance, u32 type_index, u32 at,
                           const u64 *from)
{
    ArrayInst *array = (ArrayInst *)ref_object(ref);
    if (at >= array->length) return TRAP_ARRAY_BOUNDS;
    u32 bytes = array_element_bytes(instance, type_index);
    field_store(array_at(array, bytes, at), bytes, from);
    return TRAP_NONE;
}

TrapCode runtime_array_fill(Ref ref, const Instance *instance, u32 type_index, u32 at,
                            const u64 *value, u32 count)
{
    ArrayInst *array = (ArrayInst *)ref_object(ref);
    if (!array_reaches(array, at, count)) return TRAP_ARRAY_BOUNDS;
    array_fill_with(array, array_element_bytes(instance, type_index), at, value, count);
    return TRAP_NONE;
}

TrapCode runtime_array_copy(Ref to, Ref from, const Instance *instance, u32 to_type,
                            u32 from_type, u32 to_at, u32 from_at, u32 count)
{
    (void)from_type;
    ArrayInst *target = (ArrayInst *)ref_object(to);
    const ArrayInst *source = (const ArrayInst *)ref_object(from);
    if (!array_reaches(target, to_at, count) || !array_reaches(source, from_at, count)) {
        return TRAP_ARRAY_BOUNDS;
    }
    u32 size = array_element_bytes(instance, to_type);
    memmove(array_at(target, size, to_at), array_at(source, size, from_at), (size_t)size * count);
    return TRAP_NONE;
}

// --- Arrays and segments -------------------------------------------------------------------

// The bytes of a data segment; none once it was dropped.
static Span data_left(const Instance *instance, u32 data)
{
    const Module *m = instance->module->decoded;
    return instance->dropped_data[data] ? (Span){0, 0} : m->datas[data].bytes;
}

// Segment bytes are little-endian, elements are the host's.
static void array_load_bytes(u8 *to, const u8 *from, u32 element_bytes, u32 count)
{
    if (HOST_IS_LITTLE_ENDIAN || element_bytes == 1) {
        memcpy(to, from, (size_t)element_bytes * count);
        return;
    }
    u32 unit = element_bytes < 8 ? element_bytes : 8;
    for (size_t i = 0; i < (size_t)element_bytes * count; i += unit) {
        u16 half = load_u16(from + i);
        if (unit == 2) memcpy(to + i, &half, 2);
        if (unit == 4) {
            u32 word = load_u32(from + i);
            memcpy(to + i, &word, 4);
        } else if (unit == 8) {
            u64 wide = load_u64(from + i);
            memcpy(to + i, &wide, 8);
        }
    }
}

// spec: exec-array.new_data
Ref runtime_array_new_data(Thread *thread, Instance *instance, u32 type_index, u32 data,
                           u32 from, u32 count)
{
    u32 type = instance->canon[type_index], size = instance->store->types.list[type]->size;
    Span span = data_left(instance, data);
    u64 bytes = (u64)size * count;
    if (bytes > span.size || from > span.size - bytes) {
        thread->trap = TRAP_MEMORY_BOUNDS;
        return 0;
    }
    ArrayInst *array = heap_array_new(instance->store, type, count);
    if (array != NULL) {
        const Module *m = instance->module->decoded;
        array_load_bytes((u8 *)array->elements, m->bytes + span.at + from, size, count);
    }
    return made_or_trap(thread, array);
}

// spec: exec-array.init_data
TrapCode runtime_array_init_data(Ref to, Instance *instance, u32 type_index, u32 data, u32 at,
                                 u32 from, u32 count)
{
    ArrayInst *array = (ArrayInst *)ref_object(to);
    if (!array_reaches(array, at, count)) return TRAP_ARRAY_BOUNDS;
    u32 size = array_element_bytes(instance, type_index);
    Span span = data_left(instance, data);
    u64 bytes = (u64)size * count;
    if (bytes > span.size || from > span.size - bytes) return TRAP_MEMORY_BOUNDS;
    const Module *m = instance->module->decoded;
    array_load_bytes(array_at(array, size, at), m->bytes + span.at + from, size, count);
    return TRAP_NONE;
}

// spec: exec-array.new_elem
Ref runtime_array_new_elem(Thread *thread, Instance *instance, u32 type_index, u32 elem,
                           u32 from, u32 count)
{
    thread->trap = elem_check(instance, elem, from, count);
    if (thread->trap != TRAP_NONE) return 0;
    u32 type = instance->canon[type_index];
    ArrayInst *array = heap_array_new(instance->store, type, count);
    if (array != NULL) elem_read(instance, elem, from, count, array->elements);
    return made_or_trap(thread, array);
}

// spec: exec-array.init_elem
TrapCode runtime_array_init_elem(Thread *thread, Ref to, Instance *instance, u32 type_index,
                                 u32 elem, u32 at, u32 from, u32 count)
{
    (void)thread, (void)type_index;
    ArrayInst *array = (ArrayInst *)ref_object(to);
    if (!array_reaches(array, at, count)) return TRAP_ARRAY_BOUNDS;
    TrapCode trap = elem_check(instance, elem, from, count);
    if (trap == TRAP_NONE) elem_read(instance, elem, from, count, array->elements + at);
    return trap;
}

// --- Exceptions ------------------------------------------------------------------------------

Ref runtime_exn_new(Thread *thread, TagInst *tag, const u64 *values)
{
    return made_or_trap(thread, heap_exn_new(tag->store, tag, values));
}

TagInst *runtime_exn_tag(Ref exn)
{
    return ((ExnInst *)ref_object(exn))->tag;
}

const u64 *runtime_exn_values(Ref exn)
{
    return ((const ExnInst *)ref_object(exn))->values;
}
