/*
 * usage: hits THREADS [PACE]: reads numbers from standard input; at each runs `work` so many times in every thread, and prints the
 * nanoseconds that a run took each thread. The kernel emulates the first instruction of one line and steps that of the other.
 * With a PACE the runs of a thread begin that many nanoseconds apart, if they take no longer.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct item {
  long a, b;
  const char *name;
  char block[1000];
};

__attribute__((noipa)) long work(struct item *p, long n) {
  __asm__ volatile("nop" : : "D"(p), "S"(n));                   // probe: emulated
  __asm__ volatile("lea (%%rax), %%rax" : : "D"(p), "S"(n));    // probe: stepped
  return p->a + n;
}

static long hits;
static int threads;
static long pace;
static struct item item = {.a = 3, .b = 5, .name = "a name of some length"};

static void *thread(void *argument) {
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  if (pace == 0) {
    for (long n = 0; n < hits; n++) work(&item, n);
  } else {
    for (long n = 0; n < hits; n++) {
      work(&item, n);
      do clock_gettime(CLOCK_MONOTONIC, &end);
      while ((end.tv_sec - start.tv_sec) * 1000000000L + end.tv_nsec - start.tv_nsec < (n + 1) * pace);
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  *(double *)argument = ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) / (double)hits;
  return NULL;
}

int main(int argc, char **argv) {
  threads = argc > 1 ? atoi(argv[1]) : 1;
  pace = argc > 2 ? atol(argv[2]) : 0;
  printf("ready %d\n", getpid());
  fflush(stdout);
  while (scanf("%ld", &hits) == 1) {
    pthread_t ids[16];
    double took[16], sum = 0;
    for (int i = 0; i < threads; i++) pthread_create(&ids[i], NULL, thread, &took[i]);
    for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
    for (int i = 0; i < threads; i++) sum += took[i];
    printf("%.1f\n", sum / threads);
    fflush(stdout);
  }
  return 0;
}
