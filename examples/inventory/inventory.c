/*
 * An order desk that never closes: something to set tracepoints on while it runs.
 * Build: gcc -g -O1 -o inventory inventory.c
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct item {
  const char *name;
  int stock;
  double price;
  struct item *next;
};

struct order {
  int number;
  char customer[16];
  const char *wanted;
  int amount;
};

static struct item *shelf;

static void put_on_shelf(const char *name, int stock, double price) {
  struct item *item = malloc(sizeof *item);
  *item = (struct item){name, stock, price, shelf};
  shelf = item;
}

static struct item *find(const char *name) {
  struct item *p;
  for (p = shelf; p != NULL; p = p->next) {
    if (strcmp(p->name, name) == 0)
      break;
  }
  return p;
}

/* Takes n pieces off the shelf, or as many as there are. */
static int take(struct item *p, int n) {
  if (n > p->stock)
    n = p->stock;
  p->stock -= n;
  if (p->stock < 10)
    p->stock += 200; /* a delivery */
  return n;
}

static double serve(const struct order *order) {
  struct item *item = find(order->wanted);
  int taken = take(item, order->amount);
  return taken * item->price;
}

int main(void) {
  static const char *names[] = {"apple", "bolt", "candle", "drum", "engine", "flute", "globe", "hammer"};
  static const char *customers[] = {"Ada", "Grace", "Edsger", "Barbara", "Dennis"};
  const struct timespec pause = {0, 1500000};
  double revenue = 0;

  for (int i = 0; i < 8; i++)
    put_on_shelf(names[i], 100 + 10 * i, 0.5 + 1.25 * i);

  for (int number = 1;; number++) {
    struct order order = {.number = number, .wanted = names[number * 5 % 8], .amount = 1 + number * 7 % 13};
    strcpy(order.customer, customers[number % 5]);
    revenue += serve(&order);
    if (number % 1000 == 0) {
      printf("%d orders, revenue %.2f\n", number, revenue);
      fflush(stdout);
    }
    nanosleep(&pause, NULL);
  }
}
