#!/usr/bin/perl
# net_ftp.pl - Perl's Net::FTP, for t/clients-perl.t: settings in the
# environment, steps on standard input.

use strict;
use warnings;

use Net::FTP;

if ("@ARGV" eq '--version') {
	print "$Net::FTP::VERSION\n";
	exit 0;
}

my %set = map { $_ => $ENV{'FTP_' . uc} } qw(host user password active tls ca);
my $ftp = Net::FTP->new($set{host}, Port => 21, Timeout => 20,
    Passive => $set{active} ? 0 : 1, $set{tls} ? (SSL_ca_file => $set{ca}) : (),
    $set{tls} eq 'implicit' ? (SSL => 1) : ()) or die "connect: $@\n";

sub check { $_[0] or die $ftp->code, ' ', $ftp->message }

sub give_up {
	my ($remote, $local) = @_;
	my $data = $ftp->retr($remote) or check(0);

	$data->read(my $some, 1000) > 0 or die "read: $!\n";
	check($data->abort);
}

my %steps = (
	list => sub {
		check(my $lines = $ftp->dir(@_));
		print "$_\n" for @$lines, $ftp->ls(@_);
	},
	get => sub { check($ftp->get(@_)) },
	reget => sub { check($ftp->get(@_, -s $_[1])) },
	put => sub { check($ftp->put(@_)) },
	reput => sub {
		my ($local, $remote) = @_;

		# restart() is not for uploads, append() is.
		my $have = $ftp->size($remote);
		open my $file, '<', $local or die "$local: $!\n";
		seek $file, $have, 0;
		check($ftp->append($file, $remote));
	},
	rename => sub { check($ftp->rename(@_)) },
	remove => sub { check($ftp->delete(@_)) },
	mkdir => sub { check($ftp->mkdir(@_)) },
	rmdir => sub { check($ftp->rmdir(@_)) },
	abort => \&give_up,
);

if ($set{tls} eq 'explicit') {
	check($ftp->starttls);
}
check($ftp->login(@set{qw(user password)}));
check($ftp->binary || 1);
$ftp->prot('P') if $set{tls};
while (my $line = <STDIN>) {
	chomp $line;
	my ($verb, @arg) = split /\t/, $line;
	$steps{$verb}->(@arg);
}
$ftp->quit;
