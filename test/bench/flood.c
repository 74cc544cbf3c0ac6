/*
 * usage: flood RATE: runs each of twenty lines so often that there are RATE hits a second in all, until it is killed.
 */
#include <stdlib.h>
#include <time.h>

/* The lines begin with the call, which the kernel emulates: traps are not the question here, and on some machines dear. */
__attribute__((noinline)) static void hit(void) { __asm__ volatile(""); }

int main(int argc, char **argv) {
  double rate = argc > 1 ? atof(argv[1]) : 1000;
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  long sum = 0;
  for (long n = 0;; n++) {
    sum += n % 7;
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    hit();
    __asm__ volatile("" : : "r"(n), "r"(sum)); /* both are alive at every line */
    for (;;) {
      clock_gettime(CLOCK_MONOTONIC, &now);
      double elapsed = (double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9;
      if (elapsed * rate >= 20.0 * (double)n) break;
      struct timespec pause = {0, 200000};
      nanosleep(&pause, NULL);
    }
  }
}
