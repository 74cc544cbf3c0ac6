/*
 * usage: flood RATE: runs each of twenty lines so often that there are RATE hits a second in all, until it is killed.
 */
#include <stdlib.h>
#include <time.h>

static volatile long sink;

__attribute__((noinline)) static void hit(long n, long sum) { sink = n + sum; }

int main(int argc, char **argv) {
  double rate = argc > 1 ? atof(argv[1]) : 1000;
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  long sum = 0;
  for (long n = 0;; n++) {
    sum += n % 7;
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    hit(n, sum);
    for (;;) {
      clock_gettime(CLOCK_MONOTONIC, &now);
      double elapsed = (double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9;
      if (elapsed * rate >= 20.0 * (double)n) break;
      struct timespec pause = {0, 200000};
      nanosleep(&pause, NULL);
    }
  }
}
