/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "../cmocka_all.h"

#include "base/list.h"

#include <string.h>

struct item {
    int before;
    struct list_node node;
    char name;
};

static struct list list;
static struct item items[4];

static int set_up(void **state)
{
    (void)state;
    list_init(&list);
    for (int i = 0; i < 4; i++)
        items[i] = (struct item){.name = (char)('a' + i)};
    return 0;
}

/* The list's names, forwards; backwards must be the mirror of it. */
static void expect(const char *names)
{
    struct list_node *last = list_last(&list);
    size_t count = strlen(names);
    size_t at = 0;

    list_for_each(node, &list)
        assert_int_equal(container_of(node, struct item, node)->name, names[at++]);
    assert_int_equal(at, count);
    for (; last; last = list_prev(&list, last))
        assert_int_equal(container_of(last, struct item, node)->name, names[--at]);
    assert_int_equal(at, 0);
    assert_int_equal(list_is_empty(&list), count == 0);
}

static void a_new_list_is_empty(void **state)
{
    (void)state;
    expect("");
    assert_null(list_first(&list));
    assert_null(list_last(&list));
    assert_null(list_pop_front(&list));
}

static void nodes_go_where_they_are_told(void **state)
{
    (void)state;
    list_push_back(&list, &items[1].node);
    expect("b");
    list_push_back(&list, &items[3].node);
    list_push_front(&list, &items[0].node);
    list_insert_before(&items[3].node, &items[2].node);
    expect("abcd");
}

static void a_node_can_leave_from_anywhere(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        list_push_back(&list, &items[i].node);
    list_remove(&items[1].node);
    expect("acd");
    list_remove(&items[0].node);
    expect("cd");
    list_remove(&items[3].node);
    expect("c");
    list_remove(&items[2].node);
    expect("");
}

static void a_node_knows_whether_it_is_in_a_list(void **state)
{
    (void)state;
    assert_false(list_is_linked(&items[0].node));
    list_push_back(&list, &items[0].node);
    assert_true(list_is_linked(&items[0].node));
    list_remove(&items[0].node);
    assert_false(list_is_linked(&items[0].node));
    assert_null(items[0].node.prev);
}

static void popping_empties_from_the_front(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        list_push_back(&list, &items[i].node);
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(list_pop_front(&list), &items[i].node);
    expect("");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_new_list_is_empty, set_up),
        cmocka_unit_test_setup(nodes_go_where_they_are_told, set_up),
        cmocka_unit_test_setup(a_node_can_leave_from_anywhere, set_up),
        cmocka_unit_test_setup(a_node_knows_whether_it_is_in_a_list, set_up),
        cmocka_unit_test_setup(popping_empties_from_the_front, set_up),
    };

    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
