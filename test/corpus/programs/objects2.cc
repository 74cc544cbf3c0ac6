#include "objects.h"

High::High(int height) : Named("high"), height(height) {
  if (height > 10)
    Wide::total += inlined_often(height, 1);
}

High::~High() {
  Wide::total--;
}

std::tuple<int, std::string> other_unit(int n) {
  Ring<int, 4> ring;
  for (int i = 0; i < 3; i++)
    ring.push(shared_inline(i));
  int seen = 0;
  ring.each([&](int x) { seen += x; });
  return {inlined_often(own_copy(n), seen), std::to_string(n)};
}
