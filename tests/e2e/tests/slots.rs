//! What runs at once is limited, and in order.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use e2e::{Room, Slots};

#[test]
fn no_more_run_than_there_is_room_for() {
    let slots = Slots::new(2);
    let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for turn in 0..20 {
            let (slots, running, most) = (&slots, &running, &most);
            scope.spawn(move || {
                let _slot = slots.take(turn);
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::sleep(Duration::from_millis(2));
                running.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    assert_eq!(most.into_inner(), 2);
    // Both are free again.
    let _both = [slots.take(0), slots.take(1)];
}

#[test]
fn of_those_that_wait_the_first_turn_is_next() {
    let slots = Slots::new(1);
    let taken = slots.take(0);
    let order = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for turn in [3, 1, 2] {
            let (slots, order) = (&slots, &order);
            scope.spawn(move || {
                let _slot = slots.take(turn);
                order.lock().expect("the order").push(turn);
            });
        }
        while slots.waiting() < 3 {
            thread::yield_now();
        }
        drop(taken);
    });
    assert_eq!(order.into_inner().expect("the order"), [1, 2, 3]);
}

/// More than there can be slots: a second wait would be for ever.
#[test]
fn who_has_room_has_it_for_all_that_he_runs_meanwhile() {
    let rooms: Vec<Room> = (0..1000).map(|_| Room::wait()).collect();
    drop(rooms);
}
