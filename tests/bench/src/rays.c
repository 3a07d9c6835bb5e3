// rays.c -- a small ray tracer: double arithmetic, square roots, structs by value.
// SPDX-License-Identifier: MIT
#include "bench.h"

typedef struct { double x, y, z; } Vec;
typedef struct { Vec at; double radius; Vec colour; double mirror; } Sphere;

static Vec add(Vec a, Vec b) { return (Vec){a.x + b.x, a.y + b.y, a.z + b.z}; }
static Vec sub(Vec a, Vec b) { return (Vec){a.x - b.x, a.y - b.y, a.z - b.z}; }
static Vec scale(Vec a, double k) { return (Vec){a.x * k, a.y * k, a.z * k}; }
static double dot(Vec a, Vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static Vec unit(Vec a) { return scale(a, 1 / __builtin_sqrt(dot(a, a))); }

static Sphere spheres[24];
enum { COUNT = sizeof spheres / sizeof *spheres };

static int hit(Vec from, Vec way, double *distance)
{
    int nearest = -1;
    for (int i = 0; i < COUNT; i++) {
        Vec to = sub(spheres[i].at, from);
        double along = dot(to, way);
        double under = along * along - dot(to, to) + spheres[i].radius * spheres[i].radius;
        if (along <= 0 || under <= 0) continue;
        double d = along - __builtin_sqrt(under);
        if (d > 1e-6 && d < *distance) *distance = d, nearest = i;
    }
    return nearest;
}

static Vec trace(Vec from, Vec way, int depth)
{
    static const Vec light = {-0.48, 0.72, -0.5};
    double distance = 1e9;
    int i = hit(from, way, &distance);
    if (i < 0) return (Vec){0.2, 0.3, 0.5 + 0.4 * way.y};
    Vec at = add(from, scale(way, distance));
    Vec normal = unit(sub(at, spheres[i].at));
    double bright = dot(normal, light), far = 1e9;
    if (bright < 0 || hit(at, light, &far) >= 0) bright = 0;
    Vec colour = scale(spheres[i].colour, 0.15 + bright);
    if (depth == 0 || spheres[i].mirror == 0) return colour;
    Vec back = sub(way, scale(normal, 2 * dot(way, normal)));
    return add(scale(colour, 1 - spheres[i].mirror),
               scale(trace(at, back, depth - 1), spheres[i].mirror));
}

int main(int argc, char **argv)
{
    int size = amount(argc, argv, 200);
    for (int i = 0; i < COUNT; i++) {
        double r = random_u32() % 100, s = random_u32() % 100, t = random_u32() % 100;
        spheres[i] = (Sphere){{r / 10 - 5, s / 20 - 2.5, 8 + t / 10}, 0.5 + r / 200,
                              {r / 100, s / 100, t / 100}, i % 3 * 0.3};
    }
    uint64_t sum = 0;
    for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
            Vec way = unit((Vec){(x - size / 2) / (double)size, (size / 2 - y) / (double)size, 1});
            Vec c = trace((Vec){0, 0, 0}, way, 4);
            sum = sum * 31 + (uint64_t)(int64_t)(c.x * 255) + (uint64_t)(int64_t)(c.y * 255) * 256 +
                  (uint64_t)(int64_t)(c.z * 255) * 65536;
        }
    }
    report("picture", sum);
    return 0;
}
