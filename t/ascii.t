#!/usr/bin/perl
# Transcript tier, no root: TYPE A. LF is CR LF on the wire, where
# ascii_download_enable and ascii_upload_enable say so.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new(conf => { ascii_download_enable => 'YES',
    ascii_upload_enable => 'YES' });
my %wire = ( # on disk => on the wire
	'' => '',
	"one\ntwo\n" => "one\r\ntwo\r\n",
	"no end" => 'no end',
	"\n\n\n" => "\r\n\r\n\r\n",
	"dos\r\nfile\r\n" => "dos\r\r\nfile\r\r\n",
	"bare\rcr\r" => "bare\rcr\r",
	"\0\n\xff\n" => "\0\r\n\xff\r\n",
	"x\n" x 200000 => "x\r\n" x 200000,
	"\n" x 300000 => "\r\n" x 300000,
);
my $c = $server->login('alice');
my $n = 0;

for my $disk (sort { length $a <=> length $b } keys %wire) {
	my $what = length $disk > 30 ? length($disk) . ' bytes'
	    : $disk =~ s/[^ -~]/sprintf '\\x%02x', ord $&/gre;
	$server->file('in', $disk);
	$c->expect('TYPE A', 200);
	ok(($c->retr('in'))[0] eq $wire{$disk}, "RETR: $what");
	$n++;
	is(($c->stor("out$n", $wire{$disk}))[0], 226);
	ok($server->content("out$n") eq $disk, "STOR: $what");
	$c->expect('TYPE I', 200);
	ok(($c->retr('in'))[0] eq $disk, "TYPE I: $what");
}

# A CR LF that falls between two packets.
$c->expect('TYPE A', 200);
my $data = $c->pasv;
$c->expect('STOR split', 150);
setsockopt $data, Socket::IPPROTO_TCP(), Socket::TCP_NODELAY(), 1;
for my $piece ("a\r", "\nb\r", "\r", "\n", "c\r", 'd', "\r") {
	Inftpd::Test::Client::write_all($data, $piece);
	Time::HiRes::sleep(0.01);
}
close $data;
$c->expect_reply(226);
is($server->content('split'), "a\nb\r\nc\rd\r", 'CR LF between two packets');

# Listings have CR LF in either type.
my ($bytes) = $c->fetch('NLST split');
is($bytes, "split\r\n", 'NLST in TYPE A');
is(($c->send_file('APPE split', "\r\nmore"))[0], 226);
is($server->content('split'), "a\nb\r\nc\rd\r\nmore", 'APPE converts, too');
$c->quit;

# The default: TYPE A is accepted, the bytes stay.
$server = Inftpd::Test->new;
$server->file('in', "a\nb\n");
$c = $server->login('alice');
$c->expect('TYPE A', 200);
is(($c->retr('in'))[0], "a\nb\n", 'without ascii_download_enable');
is(($c->stor('out', "a\r\nb\r\n"))[0], 226);
is($server->content('out'), "a\r\nb\r\n", 'without ascii_upload_enable');
$c->quit;
done_testing;
