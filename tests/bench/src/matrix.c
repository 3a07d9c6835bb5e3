// matrix.c -- LU decomposition and solving: loops over rows of doubles.
// SPDX-License-Identifier: MIT
#include "bench.h"

enum { MAX = 640 };
static double a[MAX][MAX], b[MAX];

int main(int argc, char **argv)
{
    int n = amount(argc, argv, 200);
    if (n > MAX) n = MAX;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) a[i][j] = (double)(random_u32() % 1000) / 100 + (i == j) * n;
        b[i] = i;
    }
    for (int k = 0; k < n; k++) {
        for (int i = k + 1; i < n; i++) {
            double factor = a[i][k] / a[k][k];
            for (int j = k; j < n; j++) a[i][j] -= factor * a[k][j];
            b[i] -= factor * b[k];
        }
    }
    double sum = 0;
    for (int i = n - 1; i >= 0; i--) {
        for (int j = i + 1; j < n; j++) b[i] -= a[i][j] * b[j];
        b[i] /= a[i][i];
        sum += b[i] * (i % 7 + 1);
    }
    report("solution", digits(sum));
    return 0;
}
