#!/usr/bin/perl
# Transcript tier, no root: RANG, REST with an end, before RETR and uploads.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new(conf => { ascii_download_enable => 'YES',
	ascii_upload_enable => 'YES' },
    users => { alice => {}, plain => { use_sendfile => 'NO' },
	slow => { local_max_rate => 1000000 }, bob => { download_enable => 'NO' } });
my $text = join '', map { chr 65 + $_ % 26 } 1 .. 1000000;

$server->file('file', $text);
$server->file('lines', "a\nb\nc\n");
my $c = $server->connect;
$c->expect('RANG 0 1', 530);
$c->login('alice');

# Both ends count; by sendfile() and by the buffer.
for my $who ('alice', 'plain') {
	$c = $server->login($who);
	$c->expect('TYPE I', 200);
	for my $range ([0, 0], [0, 9], [5, 5], [10, 999999], [999990, 2000000],
	    [300000, 900000], [999999, 999999], [0, '9223372036854775807']) {
		my ($start, $end) = @$range;
		my $want = substr $text, $start, $end - $start + 1;

		$c->expect("RANG $start $end", 350);
		my ($bytes, $code, undef, $words) = $c->retr('file');
		ok($bytes eq $want && $code eq 226, "$who: RANG $start $end");
		my $length = length $want;
		like($words, qr/\($length bytes\)/, '150 tells how many');
	}
	is(length(($c->retr('file'))[0]), 1000000, 'it is for one transfer');
	$c->expect('RANG 5 9', 350);
	$c->expect('RANG 1 0', 350);
	is(length(($c->retr('file'))[0]), 1000000, '1 0 takes it back');
	$c->expect('RANG 5 9', 350);
	$c->expect('REST 999999', 350);
	is(($c->retr('file'))[0], substr($text, -1), 'and so does REST');
	$c->expect('RANG 5 9', 350);
	$c->expect('NOOP', 200);
	is(($c->retr('file'))[0], substr($text, 5, 5), 'NOOP does not');
	$c->expect('RANG 5 9', 350);
	$c->expect('CWD /', 250);
	is(length(($c->retr('file'))[0]), 1000000, 'CWD does');
	$c->expect('RANG 5 9', 350);
	my ($whole) = $c->fetch('NLST');
	is($whole, "file\r\nlines\r\n", 'a listing is not cut');
	for my $start (1000000, 1000001, 5000000000) {
		$c->expect("RANG $start 9000000000", 350);
		my ($bytes, $code) = $c->retr('file');
		is("$code $bytes", '226 ', "from $start on there is nothing");
	}
	$c->expect('RANG 5 9', 350);
	$c->expect('RANG 9 5', 501);
	is(length(($c->retr('file'))[0]), 1000000, 'what is no range takes it back');
	$c->quit;
}

# What is sent counts: line ends are two bytes.
$c = $server->login('alice');
$c->expect('TYPE A', 200);
for my $range ([0, 1], [1, 4], [2, 2], [3, 100]) {
	$c->expect("RANG @$range", 350);
	is(($c->retr('lines'))[0],
	    substr("a\r\nb\r\nc\r\n", $range->[0], $range->[1] - $range->[0] + 1),
	    "RANG @$range in TYPE A");
}

$c->expect('RANG 100 200', 350);
is(($c->retr('lines'))[0], '', 'beyond the end in TYPE A');

# Uploads go into the range and touch nothing else.
sub part {
	my ($range, $verb, $name, $bytes, $code, $content, $what) = @_;

	$server->file('part', '0123456789');
	$c->expect("RANG $range", 350);
	my ($got) = $c->send_file("$verb $name", $bytes);
	is($got, $code, "$what: code");
	is($server->content($name), $content, "$what: content");
}

$c->expect('TYPE I', 200);
part('2 4', 'STOR', 'part', 'abc', 226, '01abc56789', 'in the middle');
part('0 2', 'STOR', 'part', 'abc', 226, 'abc3456789', 'at the beginning');
part('0 9', 'STOR', 'part', 'abcdefghij', 226, 'abcdefghij', 'the whole');
part('8 11', 'STOR', 'part', 'abcd', 226, '01234567abcd', 'over the end');
part('10 11', 'STOR', 'part', 'ab', 226, '0123456789ab', 'at the end');
part('2 4', 'APPE', 'part', 'abc', 226, '01abc56789', 'APPE is STOR');
part('0 0', 'APPE', 'part', 'a', 226, 'a123456789', 'APPE at 0, too');
part('2 4', 'STOR', 'part', 'abcd', 552, '01abc56789', 'too many bytes');
part('2 4', 'STOR', 'part', 'ab', 426, '01ab456789', 'too few bytes');
part('0 1', 'APPE', 'made', 'ab', 226, 'ab', 'a file that was not there');
part('11 12', 'STOR', 'part', 'ab', 554, '0123456789', 'a hole');
part('0 1', 'STOR', 'part', 'ab', 226, 'ab23456789', 'RANG once more');
is(($c->stor('part', 'x'))[0], 226);
is($server->content('part'), 'x', 'it is for one upload');
$c->expect('RANG 1 2', 350);
is(($c->stor('missing', 'ab'))[0], 554, 'a part of what is not there');
ok(!-e $server->data('missing'), 'is not made');
$c->expect('RANG 5 6', 350);
$c->pasv;
$c->expect('STOR part', 554, undef, 'is refused before the client connects');
$c->expect('RANG 0 9', 350);
$c->pasv;
$c->expect('STOU', 554, undef, 'a new name has no range');
$c->expect('TYPE A', 200);
$c->expect('RANG 0 1', 350);
$c->pasv;
$c->expect('STOR part', 554, undef, 'nor has an upload that is converted');
$c->expect('TYPE I', 200);
$c->expect("RANG $_", 501) for '', '1', '1 ', '1  2', '1 2 3', '2 1',
    '-1 5', '0 x', 'x 0', '+1 2', '9223372036854775808 9223372036854775809';
$c->quit;
$c = $server->login('bob');
$c->expect('RANG 0 1', 350, undef, 'download_enable=NO: uploads have ranges, too');
$c->quit;

# With a rate the end is met, too.
$c = $server->login('slow');
$c->expect('TYPE I', 200);
$c->expect('RANG 100 200099', 350);
ok(($c->retr('file'))[0] eq substr($text, 100, 200000), 'with local_max_rate');
$c->quit;
done_testing;
